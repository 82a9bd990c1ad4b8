using System.Diagnostics;
using Lathe.Codegen.Llvm;
using Lathe.Codegen.Measuring;
using Lathe.Runtime;

namespace Lathe.Cli;

/// <summary>Measures what the cost model asks of a processor: arithmetic by width of vectors, reading by level of memory with one thread and two, handing over work.</summary>
internal static class MachineCalibration
{
    /// <summary>Bytes that are in no cache.</summary>
    private const long Far = 256L << 20;

    /// <exception cref="ToolMissingException">LLVM, which tells the processor's name, is not here.</exception>
    public static MachineRow Measure(Session session)
    {
        var (cpu, caches) = (CpuTarget.Host.Cpu, CacheSizes.Read());
        var row = new MachineRow(cpu);
        // Half of the last cache is as much as one thread may count on where others use it too.
        row = row with
        {
            Level1 = AsRead(caches.Level1 > 0 ? caches.Level1 : row.Level1),
            Level2 = AsRead(caches.Level2 > 0 ? caches.Level2 : row.Level2),
            Level3 = caches.Level3 > 0 ? Math.Max(caches.Level3 / 2, caches.Level2) : row.Level3,
        };
        session.Progress("multiplying and adding");
        var peaks = FmaPeak.Widths.ToDictionary(width => width, width => Rounded(FmaPeak.Measure(width)));
        session.Progress("reading caches");
        row = row with
        {
            Gflops16 = peaks.GetValueOrDefault(16),
            Gflops32 = peaks.GetValueOrDefault(32),
            Gflops64 = peaks.GetValueOrDefault(64),
            Level1Rate = Rounded(ReadRate.Measure(row.Level1 / 2)),
            Level2Rate = Rounded(ReadRate.Measure(row.Level2 / 2)),
            Level3Rate = Rounded(ReadRate.Measure(Math.Max(row.Level3 / 2, 2 * row.Level2))),
        };
        session.Progress("reading memory");
        return row with
        {
            MemoryRate = Rounded(ReadRate.Measure(Far)),
            MemoryRate2 = Rounded(ReadRate.Measure(Far, threads: 2)),
            HandOver = Rounded(HandOver()),
        };
    }

    /// <summary>The bytes of a cache that is said to have so many: virtual machines tell less than there is, so it is read whether half as many again come as fast, up to four times.</summary>
    private static int AsRead(int told)
    {
        var size = told;
        while (size < 4L * told && ReadRate.Measure(size * 5L / 4) > 0.85 * ReadRate.Measure(told / 2)) size += told / 2;
        return size;
    }

    /// <summary>The table as text, as <see cref="MachineTable.Read"/> takes it.</summary>
    public static string Print(MachineRow row) => $"{MachineTable.Comment} Written by lathe targets --calibrate; --machine FILE takes it.\n{row}\n";

    /// <summary>The median of microseconds that two threads take for a loop of two iterations with nothing in them, each after some work of one thread, as between kernels of a run.</summary>
    private static unsafe double HandOver()
    {
        const int tries = 2001;
        using var pool = new ParallelPool(2);
        var all = new double[tries];
        for (var i = 0; i < tries; i++)
        {
            for (var busy = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(busy).TotalMicroseconds < 20;) { }
            var began = Stopwatch.GetTimestamp();
            pool.For(2, &Nothing, null);
            all[i] = Stopwatch.GetElapsedTime(began).TotalMicroseconds;
        }
        Array.Sort(all);
        return all[tries / 2];
    }

    [System.Runtime.InteropServices.UnmanagedCallersOnly]
    private static unsafe void Nothing(void* argument, long index) { }

    /// <summary>Three digits: more are noise.</summary>
    private static double Rounded(double value) => double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
