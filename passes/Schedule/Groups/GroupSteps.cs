using Lathe.Ir;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>How the summed axes of a contraction are walked: one of them in blocks of neighbouring steps, the others outside it; or all counted as one where none is long.</summary>
internal sealed class GroupSteps
{
    private readonly Seq<Axis> outer, inner;
    private readonly int depth, splits;

    /// <param name="depth">Steps of a block.</param>
    /// <param name="splits">Parts of the sum that groups of their own add up.</param>
    public GroupSteps(Contraction contraction, int depth, int splits = 1)
    {
        (this.depth, this.splits) = (depth, splits);
        var order = contraction.K.Count == 1 ? contraction.K : contraction.NearLast();
        // Blocks of a short axis would be mostly empty.
        var isLong = order.Count == 1 || order[^1].Extent is Number { Integer: var extent } && (extent % depth == 0 || extent >= 4 * depth);
        outer = isLong ? [.. order.Take(order.Count - 1)] : [];
        inner = isLong ? [order[^1]] : order;
        Length = new Flattened(inner).Extent;
        Blocks = Linear.Simplify((Length + (depth - 1)) / depth);
        Each = Linear.Simplify((new Flattened(outer).Extent * Blocks + (splits - 1)) / splits);
    }

    /// <summary>Steps of the inner axes.</summary>
    private Expr Length { get; }

    /// <summary>Blocks of those.</summary>
    private Expr Blocks { get; }

    /// <summary>Blocks that each part of the sum has; the last may have fewer.</summary>
    public Expr Each { get; }

    /// <summary>Where a step lies: the indices of the summed axes, held inside their extents, and whether it is a step at all; null where it always is.</summary>
    public (Seq<(Axis, Expr)> Places, Expr? IsInside) At(Expr block, Expr step)
    {
        var all = new Flattened(outer).Extent;
        var beyond = splits > 1 && (all is not Number a || Blocks is not Number b || a.Integer * b.Integer % splits != 0);
        var held = beyond ? Expr.Min(block, Linear.Simplify(all * Blocks - 1)) : block;
        var (around, within) = outer.Count == 0 ? (0, held) : (Linear.Simplify(held / Blocks), Linear.Simplify(held % Blocks));
        var at = Linear.Simplify(within * depth + step);
        var ends = Length is not Number n || n.Integer % depth != 0;
        Expr? inside = ends ? at < Length : null;
        if (beyond) inside = inside is null ? block < all * Blocks : inside & (block < all * Blocks);
        var place = ends ? Expr.Min(at, Linear.Simplify(Length - 1)) : at;
        return ([.. new Flattened(outer).At(around), .. new Flattened(inner).At(place)], inside);
    }
}
