using System.Globalization;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>When pruning of a weight ends before its share is reached.</summary>
public enum PruneStop
{
    None,
    /// <summary>Where its PQ index says that what is left is no more compressible than that.</summary>
    Pqi,
}

/// <summary>
/// Numbers go in steps, fewer each time: of what goes in the end 1 - (1 - t / T)³ has gone after step t, and data runs again through the graph as it is then.
/// Zhu and Gupta, To Prune, or Not to Prune (2017); the bound on a step by Diao and others, Pruning Deep Neural Networks from a Sparsity Perspective (2023).
/// </summary>
internal static class GradualPruning
{
    /// <summary>What is kept after a step, where <paramref name="keep"/> is kept in the end.</summary>
    /// <param name="step">From 1 to <paramref name="steps"/>.</param>
    public static double Kept(double keep, int step, int steps) => step == steps ? keep : 1 - (1 - keep) * (1 - Math.Pow(1 - (double)step / steps, 3));

    /// <summary>
    /// Of numbers that are not 0, the least share that may be kept: (1 - I)², I = 1 - d^(-1/2)·|w|₁ / |w|₂ the PQ index for p = 1 and q = 2. Numbers of one size stay all.
    /// </summary>
    public static double Least(float[] numbers)
    {
        var (count, sum, square) = (0, 0.0, 0.0);
        foreach (var w in numbers.Where(w => w != 0)) (count, sum, square) = (count + 1, sum + Math.Abs(w), square + (double)w * w);
        return count == 0 ? 1 : Math.Min(1, sum * sum / (count * square));
    }

    /// <summary>The layers after all steps but the last, as far as they are pruned by then, and the share that each keeps in the end.</summary>
    /// <param name="shares">That each is to keep.</param>
    /// <param name="prune">The numbers of a layer that are left where a share is kept.</param>
    public static (List<PruneLayer> Layers, double[] Shares) Run(Prune options, Graph graph, List<PruneLayer> layers, IReadOnlyList<double> shares, Func<PruneLayer, double, float[]> prune, Compilation compilation)
    {
        var (now, kept) = (layers.ToList(), shares.Select(_ => 1.0).ToArray());
        if (layers.Count == 0) return (now, kept);
        for (var step = 1; step <= options.Steps; step++)
        {
            for (var i = 0; i < now.Count; i++) kept[i] = Math.Max(Kept(shares[i], step, options.Steps), options.Stop == PruneStop.Pqi ? kept[i] * Least(now[i].Numbers) : 0);
            if (step == options.Steps) break;
            now = [.. now.Select((layer, i) => layer.With(prune(layer, kept[i]), null))];
            if (!options.NeedsGrams) continue;
            var stored = now.ToDictionary(l => l.Use.Weight, l => new Value(l.Use.Weight.Name, l.Use.Weight.Type, [Bytes.Of<float>(l.Numbers)]));
            Graph current = graph.Map(v => stored.GetValueOrDefault(v, v));
            var seen = compilation.Watcher?.Invoke(current, [.. current.Nodes.SelectMany(WeightUse.Of).Select(Unfolding.Of).OfType<Unfolding>().Select(u => u.Input).Distinct()]) ?? [];
            if (seen.Count == 0) throw new DiagnosticException([new("LT3240", $"prune: steps={options.Steps} runs data again after each step, and there is none to run", "", "--calibrate DATA: the data itself, no statistics of it; or steps=1")]);
            now = [.. now.Select(layer => layer.With(layer.Numbers, seen[0]))];
        }
        foreach (var (layer, share, most) in now.Zip(kept, shares))
            if (share > most + 1e-9)
                compilation.Notes.Add(options.Name, layer.Use.Node.Result.Name, string.Create(CultureInfo.InvariantCulture, $"{layer.Use.Weight} keeps {share:0.000} of its numbers instead of {most:0.000}: what is left is of nearly one size (stop=pqi)"));
        return (now, kept);
    }
}
