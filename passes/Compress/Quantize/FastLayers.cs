using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Which layers are expected to run no slower in another format: each on its own, and then all of them together with what turning values into codes takes.</summary>
/// <param name="graph">As it is.</param>
/// <param name="compressed">The graph with the weights of these uses in the other format; types will do.</param>
internal sealed class FastLayers(Graph graph, Func<IReadOnlyList<WeightUse>, Graph> compressed, Compilation compilation)
{
    /// <summary>A layer stays if it takes at most this share of its time, in turn, until the whole is no slower.</summary>
    private static readonly double[] Shares = [1, 0.8, 0.6, 0.4, 0.2];

    /// <summary>Those that stay.</summary>
    /// <param name="left">Is told of the others, and why.</param>
    public IReadOnlyList<WeightUse> Of(IReadOnlyList<WeightUse> uses, Action<WeightUse, string> left)
    {
        var names = uses.Select(use => use.Weight.Name).ToHashSet(StringComparer.Ordinal);
        var before = new Forecast(graph, compilation, names);
        foreach (var share in Shares)
        {
            // What leaves may have been what made values worth coding: what stays is asked again.
            for (var settled = false; !settled && uses.Count > 0;)
            {
                var after = new Forecast(compressed(uses), compilation, names);
                var slow = uses.Where(use => (after[use.Weight.Name], before[use.Weight.Name]) is (var (now, _), var (then, _)) && now > share * then).ToHashSet();
                foreach (var use in slow)
                    left(use, FormattableString.Invariant($"{(share < 1 ? "with the others coded the run would take longer; " : "")}\"{after[use.Weight.Name]!.Value.Template}\" would take {after[use.Weight.Name]!.Value.Steps / before[use.Weight.Name]!.Value.Steps:0.00} of the time of \"{before[use.Weight.Name]!.Value.Template}\" on {compilation.Machine.Name}, objective=size stores it all the same"));
                uses = [.. uses.Where(use => !slow.Contains(use))];
                settled = slow.Count == 0;
                if (settled && after.Whole <= before.Whole) return uses;
            }
        }
        foreach (var use in uses) left(use, $"the whole run would take longer on {compilation.Machine.Name}, objective=size stores it all the same");
        return [];
    }
}
