using System.Diagnostics;
using Lathe.Codegen.Llvm;
using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>One schedule of a kernel as machine code with memory of its own for what it packs, to be timed.</summary>
internal sealed class KernelTrial
{
    private readonly Action[] runs;
    private int next;

    /// <param name="memory">Of the lowered kernel's inputs and outputs, by name.</param>
    /// <param name="dimensions">What its symbols stand for.</param>
    /// <param name="far">Bytes that weights are spread over, so that each run finds them as far away as in the model; 0: one copy is enough.</param>
    /// <param name="host">A <c>lathe_host</c> or 0.</param>
    public KernelTrial(Scheduled scheduled, CpuTarget target, IReadOnlyDictionary<string, Bytes> memory, IReadOnlyDictionary<string, long> dimensions, long far, nint host = 0)
    {
        const int mostCopies = 64;
        var packed = scheduled.Once.SelectMany(k => k.Outputs).ToDictionary(b => b.Name, b => Bytes.Zeros(b.Scalar.Bytes(Dimensions.Evaluate(b.Size, dimensions))), StringComparer.Ordinal);
        var all = new Dictionary<string, Bytes>(memory.Concat(packed), StringComparer.Ordinal);
        foreach (var pack in scheduled.Once) NativeRunner.Load(pack, target).Run(all, dimensions);
        var (kernel, bytes) = (NativeRunner.Load(scheduled.Kernel, target), packed.Values.Sum(b => b.Length));
        var copies = bytes == 0 || far == 0 ? 1 : (int)Math.Clamp((far + bytes - 1) / bytes, 1, mostCopies);
        runs = [.. Enumerable.Range(0, copies).Select(copy =>
        {
            var own = new Dictionary<string, Bytes>(all, StringComparer.Ordinal);
            if (copy > 0) foreach (var (name, contents) in packed) own[name] = Copy(contents);
            return kernel.Bind(own, dimensions, host);
        })];
    }

    /// <summary>The least microseconds of a run among those of some milliseconds.</summary>
    /// <param name="hopeless">Microseconds beyond which there is no need to go on.</param>
    public double Measure(double hopeless = double.PositiveInfinity)
    {
        const double milliseconds = 4, sample = 20;
        const int mostTimes = 512;
        foreach (var run in runs) run();
        // As many runs as the clock can tell from none: one run that something interrupted says nothing of how many that is.
        var (times, best) = (1, Time(1));
        for (; best * times < sample && times < mostTimes; best = Time(times)) times *= 2;
        var start = Stopwatch.GetTimestamp();
        for (var samples = 0; samples < 3 || Stopwatch.GetElapsedTime(start).TotalMilliseconds < milliseconds; samples++)
        {
            best = Math.Min(best, Time(times));
            if (best > hopeless) break;
        }
        return best;
    }

    private double Time(int times)
    {
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < times; i++)
        {
            runs[next]();
            next = (next + 1) % runs.Length;
        }
        return Stopwatch.GetElapsedTime(began).TotalMicroseconds / times;
    }

    private static unsafe Bytes Copy(Bytes from)
    {
        var copy = Bytes.Zeros(from.Length);
        System.Buffer.MemoryCopy((void*)from.Address, (void*)copy.Address, copy.Length, from.Length);
        GC.KeepAlive(from);
        return copy;
    }
}
