using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A weight that a step multiplies along sums, or takes rows of: what compression is about. Read off the step's formula, never off its name.</summary>
/// <param name="Input">Axis of the weight that is summed, or lies along a row.</param>
/// <param name="Output">Axis of the weight with an entry for each result channel, or each row.</param>
/// <param name="Kind">How it is used.</param>
public sealed record WeightUse(Node Node, Value Weight, int Input, int Output, WeightKind Kind)
{
    /// <summary>The weights of a step that can be stored in another format: f32 of at least two axes.</summary>
    public static IEnumerable<WeightUse> Of(Node node)
    {
        if (node.Op is RegionOp || Formula.Of(node) is not { } formula) yield break;
        foreach (var weight in node.Reads.Where(v => v.IsWeight && v.Type is { Rank: >= 2, Encoding: Dense { Kind: Scalar.F32 } }))
        {
            var reads = formula.ReadsOf(weight).ToList();
            if (reads is [{ Outside: null } read] && (Product(formula, read) ?? Row(formula, read)) is var (input, output, kind)) yield return new(node, weight, input, output, kind);
        }
    }

    /// <summary>Of a sum of products: axes read at summed indices and at those of the result.</summary>
    private static (int, int, WeightKind)? Product(Formula formula, Load read)
    {
        if (formula.Reduces.ToList() is not [{ Kind: ReduceKind.Sum } sum] || !sum.Parts().Contains(read)) return null;
        var (summed, kept) = (Axes(read, e => sum.Axes.Any(e.Mentions)), Axes(read, e => !sum.Axes.Any(e.Mentions) && e.Free.Count > 0));
        if (summed.Count == 0 || kept.Count == 0) return null;
        // The longest of each: channels, not taps.
        int Longest(IEnumerable<int> axes) => axes.MaxBy(i => (read.Buffer.Shape[i].Whole, -i));
        var several = sum.Parts().OfType<Load>().Any(load => load != read && kept.Any(i => read.At[i].Free.Any(load.Mentions)) && sum.Axes.Any(load.Mentions));
        return (Longest(summed), Longest(kept), several ? WeightKind.Channelwise : WeightKind.Product);
    }

    /// <summary>Of a move: one axis read at a place that data decide, the rest at the result's own indices.</summary>
    private static (int, int, WeightKind)? Row(Formula formula, Load read)
    {
        if (formula.HasReduce || formula.Number != (Expr)read) return null;
        var (chosen, along) = (Axes(read, e => e.Parts().Any(p => p is Load)), Axes(read, e => e is Axis));
        return chosen is [var row] && along.Count == read.At.Count - 1 && along.Count > 0 ? (along[^1], row, WeightKind.Rows) : null;
    }

    private static List<int> Axes(Load read, Func<Expr, bool> holds) => [.. Enumerable.Range(0, read.At.Count).Where(i => holds(read.At[i]))];
}

/// <summary>How a step uses a weight.</summary>
public enum WeightKind
{
    /// <summary>Each number takes part in many sums: a matrix product, a convolution.</summary>
    Product,
    /// <summary>Channels have sums of their own: a depthwise convolution.</summary>
    Channelwise,
    /// <summary>Rows are picked: an embedding.</summary>
    Rows,
}
