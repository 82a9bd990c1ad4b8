using Lathe.Ir;
using static Lathe.Ir.Stmts;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>
/// The summed axes cut into even blocks: some axes outside, one split, the rest inside. Every block has the same number of steps; where the split axis
/// does not divide, the last block is filled up with zeros as it is packed. One axis of an extent that is not known has blocks of the most steps, the last as long as is left.
/// </summary>
public sealed class DepthBlocks
{
    private readonly Seq<Axis> outer, inner;
    private readonly Axis? split;
    private readonly long part;

    /// <param name="axes">The summed axes, the one that lies side by side last; extents known unless there is only one.</param>
    /// <param name="most">Most steps of a block.</param>
    /// <param name="unit">Steps of a single axis that stay together.</param>
    public DepthBlocks(Seq<Axis> axes, long most, long unit = 1)
    {
        if (axes is [{ Extent: not Number } open])
        {
            (inner, outer, split, part, Steps) = ([], [], open, most, most);
            // Of no steps there is one block too: sums start and end there.
            Count = Linear.Simplify(Expr.Max((open.Extent + (most - 1)) / most, 1));
            return;
        }
        Axes = axes;
        var (at, size) = (axes.Count, 1L);
        while (at > 0 && size * axes[at - 1].Extent.Whole <= most) size *= axes[--at].Extent.Whole;
        (inner, split) = ([.. axes.Skip(at)], at > 0 ? axes[at - 1] : null);
        outer = [.. axes.Take(Math.Max(at - 1, 0))];
        part = 1;
        if (split is not null)
        {
            // The fewest blocks, but a padded one costs as much as a whole one: even parts, preferably dividing.
            var (extent, fewest) = (split.Extent.Whole, Up(split.Extent.Whole, Math.Max(1, most / size)));
            var count = Enumerable.Range(0, 3).Select(more => fewest + more).MinBy(n => 0.03 * n + (double)Up(extent, n) * n / extent);
            part = axes.Count == 1 ? Up(Up(extent, count), unit) * unit : Up(extent, count);
        }
        Steps = part * size;
        Count = new Flattened(outer).Static * (split is null ? 1 : Up(split.Extent.Whole, part));
    }

    /// <summary>The summed axes as they were given, if their extents are known; else none.</summary>
    public Seq<Axis> Axes { get; } = [];

    public Expr Count { get; }
    /// <summary>Most steps of a block.</summary>
    public long Steps { get; }
    /// <summary>Whether all steps are one block.</summary>
    public bool IsOne => Count is Number { Integer: 1 };
    private bool IsOpen => split is { Extent: not Number };
    /// <summary>Steps that a block is stored with.</summary>
    public Expr Stored => IsOpen ? Linear.Simplify(Expr.Min(split!.Extent, Steps)) : Steps;
    /// <summary>Steps of one block.</summary>
    public Expr StepsOf(Expr block) => IsOpen ? Linear.Simplify(Expr.Min(Linear.Simplify(split!.Extent - block * part), Steps)) : Steps;
    /// <summary>Whether some steps of the last block stand for nothing.</summary>
    public bool IsRagged => split is { Extent: Number { Integer: var extent } } && extent % part != 0;

    /// <summary>The index of each summed axis at a step of a block, where no block is ragged.</summary>
    public IEnumerable<(Axis Axis, Expr Index)> At(Expr block, Expr step)
    {
        if (IsOpen)
        {
            yield return (split!, Linear.Simplify(block * part + step));
            yield break;
        }
        var parts = split is null ? 1 : Up(split.Extent.Whole, part);
        var size = Steps / part;
        foreach (var pair in new Flattened(inner).At(size == Steps ? step : step % size)) yield return pair;
        if (split is not null) yield return (split, Linear.Simplify(block % parts * part + step / size));
        foreach (var pair in new Flattened(outer).At(block / parts)) yield return pair;
    }

    /// <summary>How many steps a vector covers of a last axis that is too short for one, such as the three taps of a window: more than there are; 0 where vectors fit or the axis is cut.</summary>
    public long Overrun => inner.Count == 0 || inner[^1].Extent.Whole is not (3 or 5 or 6 or 7) ? 0 : inner[^1].Extent.Whole == 3 ? 4 : 8;

    /// <summary>Loops over the steps of one block, the last axis in vectors where that fits.</summary>
    /// <param name="overrun">Whether vectors may go on beyond the end of the last axis: what they store there is stored again by the next, or lies beyond the block.</param>
    /// <param name="body">Given the position in the block, the index of each summed axis, and whether the step exists.</param>
    public Stmt Loops(Expr block, long lanes, bool overrun, Func<Expr, IEnumerable<(Axis, Expr)>, Expr, Stmt> body)
    {
        if (IsOpen)
        {
            var (steps, wide) = (StepsOf(block), Math.Max(1, lanes));
            Stmt Step(Expr position) => body(position, [(split!, Linear.Simplify(block * part + position))], true);
            if (wide == 1) return For("k", steps, Step);
            return Do(
                For("k", Linear.Simplify(steps / wide), k => Vector("j", wide, j => Step(Linear.Simplify(k * wide + j)))),
                For("k", Linear.Simplify(steps % wide), k => Step(Linear.Simplify(steps / wide * wide + k))));
        }
        var parts = split is null ? 1 : Up(split.Extent.Whole, part);
        var cut = new Axis("k", part);
        List<Axis> axes = [cut, .. inner.Select(axis => axis.Fresh())];
        var last = axes.FindLast(a => a.Extent.Whole > 1) ?? axes[^1];
        var vector = lanes;
        while (vector > 1 && last.Extent.Whole % vector != 0) vector /= 2;
        if (vector < 4) vector = 1;
        if (overrun && Overrun > 0) vector = Overrun;
        var (whole, lane) = (new Axis(last.Name, Up(last.Extent.Whole, vector)), new Axis("j", vector));
        Expr Index(Axis axis) => axis != last ? axis.Extent is Number { Integer: 1 } ? 0 : axis : vector == 1 ? Whole() : Whole() * vector + lane;
        Expr Whole() => whole.Extent is Number { Integer: 1 } ? 0 : whole;
        var position = axes.Aggregate((Expr)0, (sum, axis) => sum * axis.Extent + Index(axis));
        var at = inner.Zip(axes.Skip(1)).Select(pair => (pair.First, Index(pair.Second))).ToList();
        Expr exists = true;
        if (split is not null)
        {
            var index = Linear.Simplify(block % parts * part + Index(cut));
            at.Add((split, index));
            if (IsRagged) exists = index < split.Extent;
        }
        at.AddRange(new Flattened(outer).At(block / parts));
        var inside = body(position, at, exists);
        if (vector > 1) inside = new Loop(LoopKind.Vector, lane, inside);
        return Nest(LoopKind.For, axes.Select(a => a == last ? whole : a).Where(a => a.Extent is not Number { Integer: 1 }), inside);
    }
}
