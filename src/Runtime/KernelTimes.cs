using System.Diagnostics;

namespace Lathe.Runtime;

/// <summary>Time spent in each kernel, over all runs since the last <see cref="Reset"/>. One run at a time.</summary>
public sealed class KernelTimes(int kernels)
{
    private readonly long[] ticks = new long[kernels], calls = new long[kernels], least = new long[kernels];
    private long began;

    /// <summary>Calls of this kernel: several in a run where it stands in a loop.</summary>
    public long Calls(int kernel) => calls[kernel];

    /// <summary>Milliseconds in this kernel, all calls together.</summary>
    public double TotalMilliseconds(int kernel) => ticks[kernel] * 1e3 / Stopwatch.Frequency;

    /// <summary>Milliseconds of the shortest call; 0 where there was none.</summary>
    public double LeastMilliseconds(int kernel) => least[kernel] * 1e3 / Stopwatch.Frequency;

    /// <summary>Forgets all.</summary>
    public void Reset()
    {
        Array.Clear(ticks);
        Array.Clear(calls);
        Array.Clear(least);
    }

    internal void Mark(int kernel, bool begin)
    {
        var now = Stopwatch.GetTimestamp();
        if (begin)
        {
            began = now;
            return;
        }
        var spent = now - began;
        ticks[kernel] += spent;
        least[kernel] = calls[kernel]++ == 0 ? spent : Math.Min(least[kernel], spent);
    }
}
