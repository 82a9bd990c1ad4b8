using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Lathe.Codegen.Measuring;

/// <summary>How fast threads read, in GB/s: from a cache where what they read fits it, else from memory.</summary>
public static unsafe class ReadRate
{
    /// <summary>Bytes of one turn of the innermost loop: eight vectors of 64, each of a stretch of its own. A processor that reads one stretch alone does not keep memory busy (Xeon, one core: 14 GB/s, from eight 19).</summary>
    private const int Turn = Stretches * Line;

    private const int Stretches = 8, Line = 64;

    /// <summary>The best of several tries, each of some milliseconds.</summary>
    /// <param name="bytes">That each thread reads again and again, in memory of its own.</param>
    /// <param name="threads">That read at the same time.</param>
    public static double Measure(long bytes, int threads = 1)
    {
        bytes = Math.Max(Turn, bytes / Turn * Turn);
        var memory = (byte*)NativeMemory.AlignedAlloc((nuint)(bytes * threads), 4096);
        try
        {
            // A page that nothing was written to may be the one page of zeros.
            for (var at = 0L; at < bytes * threads; at += 1024) memory[at] = 1;
            return Enumerable.Range(0, bytes > 1 << 26 ? 3 : 8).Max(_ => Try(memory, bytes, threads));
        }
        finally { NativeMemory.AlignedFree(memory); }
    }

    private static double Try(byte* memory, long bytes, int threads)
    {
        const long least = 20 << 20;
        var turns = Math.Max(1, least / bytes) * (bytes <= 1 << 20 ? 8 : 1);
        using var start = new Barrier(threads);
        var seconds = new double[threads];
        var others = Enumerable.Range(1, threads - 1).Select(i => new Thread(() => Read(i))).ToList();
        foreach (var other in others) other.Start();
        Read(0);
        foreach (var other in others) other.Join();
        return threads * turns * bytes / seconds.Max() / 1e9;

        void Read(int thread)
        {
            var own = memory + thread * bytes;
            Sum(own, Math.Min(bytes, 1 << 20));
            start.SignalAndWait();
            var began = Stopwatch.GetTimestamp();
            for (var turn = 0L; turn < turns; turn++) sink = Sum(own, bytes);
            seconds[thread] = Stopwatch.GetElapsedTime(began).TotalSeconds;
        }
    }

    private static ulong sink;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static ulong Sum(byte* at, long bytes)
    {
        Vector512<ulong> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        // An odd number of lines: else the same line of all stretches would lie in one set of a cache.
        var apart = ((bytes / Turn - 1) | 1) * Line;
        for (var end = at + bytes / Turn * Line; at < end; at += Line)
        {
            a ^= Vector512.LoadAligned((ulong*)at);
            b ^= Vector512.LoadAligned((ulong*)(at + apart));
            c ^= Vector512.LoadAligned((ulong*)(at + 2 * apart));
            d ^= Vector512.LoadAligned((ulong*)(at + 3 * apart));
            e ^= Vector512.LoadAligned((ulong*)(at + 4 * apart));
            f ^= Vector512.LoadAligned((ulong*)(at + 5 * apart));
            g ^= Vector512.LoadAligned((ulong*)(at + 6 * apart));
            h ^= Vector512.LoadAligned((ulong*)(at + 7 * apart));
        }
        return Vector512.Sum(a ^ b ^ c ^ d ^ e ^ f ^ g ^ h);
    }
}
