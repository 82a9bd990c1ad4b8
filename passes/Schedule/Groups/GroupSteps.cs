using Lathe.Ir;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>How the summed axes of a contraction are walked: one of them in blocks of neighbouring steps, the others outside it; or all counted as one where none is long.</summary>
internal sealed class GroupSteps
{
    private readonly Seq<Axis> outer, inner;
    private readonly int depth, splits;

    /// <summary>
    /// The groups' walk over the blocks: while one is worked on in a stage of shared memory, the next, which came meanwhile, is put into the other, and the one after that is asked for.
    /// </summary>
    /// <param name="from">The first block.</param>
    /// <param name="begin">What threads do before.</param>
    /// <param name="fetch">Asks for a block into a slot of registers.</param>
    /// <param name="put">Puts a slot into a stage.</param>
    /// <param name="work">Steps that work on a stage; threads wait around them where they must. Stages are buffers of their own, so that a wait for one is none for the other.</param>
    public Stmt Walk(Axis thread, Expr from, Func<Expr, Stmt> begin, Func<Expr, Expr, Expr, Stmt> fetch, Func<Expr, Expr, int, Stmt> put, Func<int, Seq<Func<Expr, Stmt>>> work)
    {
        var last = Linear.Simplify(Each - 1);
        Expr Block(Expr step) => Linear.Simplify(from + Expr.Min(step, last));
        Stmt Phase(Expr step, int stage)
        {
            var other = 1 - stage;
            Seq<Func<Expr, Stmt>> all = [t => fetch(t, stage, Block(Linear.Simplify(step + Ahead))), .. work(stage), t => put(t, other, other)];
            return Stmts.Do(all.Select(one => Stmts.Threads(thread, one)));
        }
        // A sum over nothing has no first block to ask for.
        Expr isSome = Linear.Range(Length).Low >= 1 && Linear.Range(Each).Low >= 1 ? true : 0 < Each;
        return Stmts.Do(
            Stmts.Threads(thread, t => Stmts.Do(begin(t), Stmts.When(isSome, Stmts.Do(fetch(t, 0, from), put(t, 0, 0), fetch(t, 1, Block(1)))))),
            Stmts.For("k", Linear.Simplify(Each / Ahead), k => Stmts.Do(Enumerable.Range(0, Ahead).Select(u => Phase(Linear.Simplify(k * Ahead + u), u)))));
    }

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
        Each = Linear.Simplify((new Flattened(outer).Extent * Blocks + (Ahead * splits - 1)) / (Ahead * splits) * Ahead);
    }

    /// <summary>Steps of the inner axes.</summary>
    private Expr Length { get; }

    /// <summary>Blocks of those.</summary>
    private Expr Blocks { get; }

    /// <summary>Blocks that are on their way at once: memory answers later than one is worked on.</summary>
    public const int Ahead = 2;

    /// <summary>Blocks that each part of the sum has, a multiple of <see cref="Ahead"/>; those that are none hold zeros.</summary>
    public Expr Each { get; }

    /// <summary>Where a step lies: the indices of the summed axes, held inside their extents, and whether it is a step at all; null where it always is.</summary>
    public (Seq<(Axis, Expr)> Places, Expr? IsInside) At(Expr block, Expr step)
    {
        var all = new Flattened(outer).Extent;
        var beyond = all is not Number a || Blocks is not Number b || a.Integer * b.Integer % (Ahead * splits) != 0;
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
