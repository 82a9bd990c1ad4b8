using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lathe.Benchmarks;

/// <summary>The ceiling every kernel's rate is held against: what one core does when it only multiplies and adds.</summary>
public static class FmaPeak
{
    private const int Steps = 1_000_000;

    /// <summary>Best of ten runs on the calling thread, in GFLOP/s of f32 (a multiply-add counts as two).</summary>
    public static double Measure()
    {
        var best = double.MaxValue;
        for (var run = 0; run < 10; run++)
        {
            var start = Stopwatch.GetTimestamp();
            sink = Chains(Steps);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return Steps * 12.0 * Vector256<float>.Count * 2 / best / 1e9;
    }

    private static float sink;

    /// <summary>Twelve independent chains: more than latency (4-5 cycles) times throughput (2 a cycle) needs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chains(int steps)
    {
        var x = Vector256.Create(0.999f);
        var y = Vector256.Create(0.001f);
        Vector256<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (var step = 0; step < steps; step++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y);
            b = Vector256.FusedMultiplyAdd(b, x, y);
            c = Vector256.FusedMultiplyAdd(c, x, y);
            d = Vector256.FusedMultiplyAdd(d, x, y);
            e = Vector256.FusedMultiplyAdd(e, x, y);
            f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y);
            h = Vector256.FusedMultiplyAdd(h, x, y);
            i = Vector256.FusedMultiplyAdd(i, x, y);
            j = Vector256.FusedMultiplyAdd(j, x, y);
            k = Vector256.FusedMultiplyAdd(k, x, y);
            l = Vector256.FusedMultiplyAdd(l, x, y);
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
