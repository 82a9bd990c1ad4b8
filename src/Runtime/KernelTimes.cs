using System.Diagnostics;

namespace Lathe.Runtime;

/// <summary>Time spent in each kernel, over all runs since the last <see cref="Reset"/>. One run at a time.</summary>
public sealed class KernelTimes(int kernels)
{
    private readonly long[] ticks = new long[kernels], calls = new long[kernels];
    private long began;

    /// <summary>Mean milliseconds of a call of this kernel; 0 where it was never called.</summary>
    public double MeanMilliseconds(int kernel) =>
        calls[kernel] == 0 ? 0 : ticks[kernel] * 1e3 / Stopwatch.Frequency / calls[kernel];

    /// <summary>Calls of this kernel: several in a run where it stands in a loop.</summary>
    public long Calls(int kernel) => calls[kernel];

    /// <summary>Milliseconds in this kernel, all calls together.</summary>
    public double TotalMilliseconds(int kernel) => ticks[kernel] * 1e3 / Stopwatch.Frequency;

    /// <summary>Forgets all.</summary>
    public void Reset()
    {
        Array.Clear(ticks);
        Array.Clear(calls);
    }

    internal void Mark(int kernel, bool begin)
    {
        var now = Stopwatch.GetTimestamp();
        if (begin)
        {
            began = now;
            return;
        }
        ticks[kernel] += now - began;
        calls[kernel]++;
    }
}
