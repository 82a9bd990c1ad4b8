using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>A side of a product laid out so that rows lie in lanes: for each step of the sum a run of rows, or where a machine step adds several, a run of rows with so many steps each.</summary>
internal sealed class SparseRows
{
    /// <summary>Rows and columns that are turned round together.</summary>
    public const long Turn = 4;

    private readonly LaneRows lanes;
    private readonly SparseSteps steps;
    private readonly Flattened depth;
    private readonly bool whole;
    private readonly Ir.Buffer taken;

    /// <param name="name">Of what is computed.</param>
    /// <param name="depth">The summed axes as A lies in rows.</param>
    /// <param name="whole">Whether all blocks of rows are there at once.</param>
    public SparseRows(string name, LaneRows lanes, SparseSteps steps, Flattened depth, bool whole)
    {
        (this.lanes, this.steps, this.depth, this.whole) = (lanes, steps, depth, whole);
        Seq<Expr> packed = [depth.Static / steps.Width, lanes.Block, steps.Width];
        Buffer = new($"{name}.rows", steps.Rows, whole ? [lanes.Blocks, .. packed] : packed, Space.Arena);
        taken = new($"{name}.taken", steps.Rows, [Turn, Chunk], Space.Arena);
    }

    public Ir.Buffer Buffer { get; }

    /// <summary>A row's number, or those that a machine step adds.</summary>
    /// <param name="step">Counted in machine steps.</param>
    /// <param name="row">In its block.</param>
    /// <param name="lane">Which of them.</param>
    public Expr At(Expr block, Expr step, Expr row, Expr lane) => Buffer[Place(block, step, row, lane)];

    private Seq<Expr> Place(Expr block, Expr step, Expr row, Expr lane) => whole ? [block, step, row, lane] : [step, row, lane];

    /// <summary>Steps along A that are laid out at once.</summary>
    private long Chunk
    {
        get
        {
            const long most = 256;
            var near = depth.Axes[^1].Extent.Whole;
            var count = Enumerable.Range(1, (int)near).Select(n => (long)n).First(n => near % (n * steps.Width) == 0 && near / n <= most || near / n == steps.Width);
            return near / count;
        }
    }

    /// <summary>Lays out a block: rows beyond the last repeat it.</summary>
    public Stmt Fill(Expr block) => new Scratch(taken, lanes.Whole(block, (count, ragged) =>
    {
        Expr Row(Expr r) => Linear.Simplify(block * lanes.Block + r) is var row && ragged ? Expr.Min(row, lanes.Rows.Extent - 1) : Linear.Simplify(block * lanes.Block + r);
        Expr Of(IEnumerable<(Axis, Expr)> at) => steps.A.Placed(at).As(steps.Rows);
        if (lanes.LiesAlong(steps.A.Parts().OfType<Load>().ToList() is [{ Outside: null } load] ? load.Buffer.Flat(load.At) : 0) && !ragged)
            return For("k", depth.Static / steps.Width, k => For("v", count, v => Vector("j", lanes.Lanes, j => Over(LoopKind.Vector, "q", steps.Width, q =>
                Buffer.Set(Place(block, k, Linear.Simplify(v * lanes.Lanes + j), q), Of([.. lanes.Rows.At(Row(Linear.Simplify(v * lanes.Lanes + j))), .. depth.At(Linear.Simplify(k * steps.Width + q))]))))));
        var (near, outer) = (depth.Axes[^1], new Flattened([.. depth.Axes.SkipLast(1)]));
        var (chunks, wide, turns) = (near.Extent.Whole / Chunk, lanes.Lanes * steps.Width, Chunk / steps.Width);
        while (Chunk % wide != 0) wide /= 2;
        var square = turns % Turn == 0 ? Turn : 1;
        return For("r", count * lanes.Lanes / Turn, r => For("o", outer.Extent, o => For("c", chunks, c => Do(
            Over(LoopKind.For, "q", Turn, q =>
            {
                (Axis, Expr)[] at = [.. lanes.Rows.At(Row(Linear.Simplify(r * Turn + q))), .. outer.At(o)];
                Stmt Copy(bool inside) => For("k", Chunk / wide, k => Over(LoopKind.Vector, "j", wide, j =>
                {
                    var a = Of([.. at, (near, Linear.Simplify(c * Chunk + k * wide + j))]);
                    return taken.Set([q, Linear.Simplify(k * wide + j)], inside ? a.Replace(part => part is Load l ? l.Inside() : null) : a);
                }));
                var inside = Interior.Of(steps.A.Placed(at), (near, near.Extent.Whole));
                return Do(When(inside, Copy(true)), When(Expr.Not(inside), Copy(false)));
            }),
            For("k", turns / square, k => Over(LoopKind.Vector, "t", square, t => Vector("j", Turn, j => Over(LoopKind.Vector, "q", steps.Width, q => Buffer.Set(
                Place(block, Linear.Simplify((o * chunks + c) * turns + k * square + t), Linear.Simplify(r * Turn + j), q), taken[[j, Linear.Simplify((k * square + t) * steps.Width + q)]])))))))));
    }));
}
