using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>How the share that is kept is divided among weights.</summary>
public enum PruneAllocation
{
    /// <summary>Each keeps the same share.</summary>
    Uniform,
    /// <summary>As costs the outputs least: each weight's error is measured at several shares, and the sum of errors is least for the numbers kept at all.</summary>
    Rd,
    /// <summary>The same by what the outputs of the whole graph lose: each weight's numbers are moved at random, up and down, and data runs through the graph both ways.</summary>
    Zo,
}

/// <summary>
/// Shares by rate and distortion: errors of outputs add up, so dynamic programming over weights and numbers kept so far finds the best division.
/// Xu and others, Efficient Joint Optimization of Layer-Adaptive Weight Pruning in Deep Neural Networks (2023).
/// </summary>
internal static class PruneAllocator
{
    /// <summary>Steps that numbers kept are counted in.</summary>
    private const int Steps = 2000;

    /// <summary>Shares that are tried, as multiples of the one asked for, and of what is dropped.</summary>
    private static readonly double[] Levels = [0.3, 0.45, 0.6, 0.75, 0.875, 1, 1.15, 1.35, 1.6, 2, 2.5, 3.2];

    /// <param name="meaning">Of zo: what the outputs lose where all of a weight goes, by what its numbers mean to them.</param>
    public static IReadOnlyList<double> Shares(PruneAllocation how, IReadOnlyList<PruneLayer> layers, double keep, Func<IReadOnlyList<PruneLayer>, IReadOnlyList<double>>? meaning = null)
    {
        if (how == PruneAllocation.Uniform || layers.Count < 2) return [.. layers.Select(_ => keep)];
        double[] shares = [.. Levels.Select(level => level * keep).Where(share => share < 1), 1];
        var whole = how == PruneAllocation.Zo ? meaning!(layers) : null;
        var errors = new double[layers.Count, shares.Length];
        Parallel.For(0, layers.Count, i =>
        {
            var layer = layers[i].Apart();
            // By single numbers, whatever the pattern: it is the course of the error that counts.
            for (var s = 0; s < shares.Length - 1; s++)
            {
                var format = new Sparse(new BlockPattern(1, 1), shares[s], layer.Use.Output, layer.Use.Input);
                var scores = layer.Importance() is { Length: > 0 } importance ? [.. layer.Numbers.Zip(importance, (w, h) => Math.Abs(w) * MathF.Sqrt(h))] : layer.Numbers;
                var after = layer.Kept(format.Mask(scores, layer.Shape));
                errors[i, s] = whole is null ? layer.OutputError(after) ?? Relative(layer.Numbers, after, []) : whole[i] * Relative(layer.Numbers, after, layer.Importance());
            }
        });
        var all = layers.Sum(layer => (double)Count(layer));
        var budget = (int)Math.Floor(keep * Steps + 1e-9);
        var best = new double[layers.Count + 1, budget + 1];
        var choice = new int[layers.Count + 1, budget + 1];
        for (var b = 0; b <= budget; b++) best[0, b] = 0;
        for (var i = 0; i < layers.Count; i++)
            for (var b = 0; b <= budget; b++)
            {
                (best[i + 1, b], choice[i + 1, b]) = (double.PositiveInfinity, -1);
                for (var s = 0; s < shares.Length; s++)
                {
                    var cost = Cost(i, s);
                    if (cost <= b && best[i, b - cost] + errors[i, s] is var sum && sum < best[i + 1, b]) (best[i + 1, b], choice[i + 1, b]) = (sum, s);
                }
            }
        if (double.IsInfinity(best[layers.Count, budget])) return [.. layers.Select(_ => keep)];
        var result = new double[layers.Count];
        for (var (i, b) = (layers.Count, budget); i > 0; i--)
        {
            result[i - 1] = shares[choice[i, b]];
            b -= Cost(i - 1, choice[i, b]);
        }
        return result;

        int Cost(int i, int s) => (int)Math.Ceiling(shares[s] * Count(layers[i]) / all * Steps - 1e-9);
    }

    private static long Count(PruneLayer layer) => layer.Use.Weight.Type.Count;

    private static double Relative(float[] before, float[] after, float[] importance)
    {
        var (off, whole) = (0.0, 0.0);
        for (var i = 0; i < before.Length; i++)
        {
            var counts = importance.Length == 0 ? 1.0 : importance[i];
            (off, whole) = (off + counts * Math.Pow(before[i] - after[i], 2), whole + counts * before[i] * before[i]);
        }
        return whole == 0 ? 0 : off / whole;
    }
}
