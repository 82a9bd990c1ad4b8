using Lathe.Ir;
using static Lathe.Ir.Stmts;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>
/// The template for matrix products, convolutions and attention products on a GPU: a group of threads has a tile of results; steps of the sum go through shared memory, each thread
/// multiplies its rows and columns of them in registers. While a step is worked on, the numbers of the next are on their way. A decode of weights happens on the way into shared memory.
/// </summary>
/// <remarks>Volkov and Demmel, Benchmarking GPUs to Tune Dense Linear Algebra (2008); the two alternating stages are from NVIDIA's CUTLASS documentation.</remarks>
internal sealed class GroupContraction
{
    private readonly Contraction contraction;
    private readonly GroupTile tile;
    private readonly Flattened batch, rows, columns;
    private readonly GroupSteps steps;
    private readonly Axis thread;
    private readonly Buffer sums, partial;
    private readonly GroupSide a, b;
    private readonly string name;

    public GroupContraction(Contraction contraction, GpuDeviceModel device)
    {
        this.contraction = contraction;
        (batch, rows, columns) = (new(contraction.Batch), new(contraction.M), new(contraction.N));
        name = contraction.Output.Buffer.Name;
        tile = GroupTile.For(device, batch.Static, rows.Static, columns.Static, new Flattened(contraction.K).Static, Math.Max(contraction.A.Type.Bits, contraction.B.Type.Bits) / 8);
        steps = new(contraction, tile.Depth, tile.Splits);
        thread = new("t", tile.Threads);
        sums = new($"{name}.sums", contraction.Sum.Type, [tile.Threads, tile.ThreadRows, tile.ThreadColumns], Space.Registers);
        partial = new($"{name}.partial", contraction.Sum.Type, [tile.Splits, batch.Extent, rows.Extent, columns.Extent], Space.Arena);
        a = new($"{name}.a", contraction.A, contraction.M, tile.Rows, tile, steps);
        b = new($"{name}.b", contraction.B, contraction.N, tile.Columns, tile, steps);
    }

    /// <summary>Whether there are enough results and steps for tiles.</summary>
    public static bool Fits(Contraction contraction)
    {
        var (m, n, k) = (new Flattened(contraction.M), new Flattened(contraction.N), new Flattened(contraction.K));
        bool AtLeast(Flattened axes, long least) => axes.Axes.Count > 0 && (axes.Static == 0 ? axes.Extent is not Number : axes.Static >= least);
        // Blocks come from memory: a factor that is worked out from indices alone, or A of which no read goes along the sum, has none.
        if (!contraction.B.Parts().Any(p => p is Load) || !contraction.A.Parts().OfType<Load>().Any(l => contraction.K.Any(l.Mentions))) return false;
        return AtLeast(m, 5) && AtLeast(n, 5) && AtLeast(k, 4) && m.Axes.Concat(n.Axes).Concat(k.Axes).Concat(contraction.Batch).All(axis => axis.Extent is Number || !axis.Extent.Parts().Any(p => p is Load or Axis))
            // Neighbours in a byte are other threads'.
            && contraction.Kernel.Outputs.Count == 1 && contraction.Output.Buffer.Scalar.Bits >= 8;
    }

    public string Describe() => $"groups of {tile.Describe()}";

    public Kernel Compute() => Kernel.Over(contraction.Kernel.Name, contraction.Kernel.Outputs, tile.Splits == 1 ? Groups() : new Scratch(partial, Do(Groups(), Join())));

    private Stmt Groups()
    {
        var (down, across) = (Linear.Simplify((rows.Extent + (tile.Rows - 1)) / tile.Rows), Linear.Simplify((columns.Extent + (tile.Columns - 1)) / tile.Columns));
        var all = new Flattened([.. contraction.Batch, new("s", tile.Splits), new("m", down), new("n", across)]);
        var group = new Axis("g", all.Extent);
        var at = all.At(group).ToDictionary(p => p.Axis, p => p.Index);
        var (split, firstRow, firstColumn) = (at[all.Axes[^3]], Linear.Simplify(at[all.Axes[^2]] * tile.Rows), Linear.Simplify(at[all.Axes[^1]] * tile.Columns));
        Seq<(Axis, Expr)> places = [.. contraction.Batch.Select(axis => (axis, at[axis]))];
        var body = Do(
            steps.Walk(thread, Linear.Simplify(split * steps.Each), t => EachSum((i, j) => sums.Set([t, i, j], Number.Of(sums.Scalar, 0))),
                (t, slot, block) => Do(a.Fetch(t, slot, block, firstRow, places), b.Fetch(t, slot, block, firstColumn, places)),
                (t, slot, stage) => Do(a.Put(t, slot, stage), b.Put(t, slot, stage)),
                stage => [t => Multiply(t, stage)]),
            Threads(thread, t => Results(t, split, at, firstRow, firstColumn)));
        return new Loop(LoopKind.Parallel, group, a.Around(b.Around(new Scratch(sums, body))));
    }

    private Stmt EachSum(Func<Expr, Expr, Stmt> body) => Unroll("i", tile.ThreadRows, i => Unroll("j", tile.ThreadColumns, j => body(i, j)));

    /// <summary>Steps of a block that are written out: more are code and no speed.</summary>
    private const int Written = 8;

    private Stmt Multiply(Expr t, int stage) => For("r", tile.Depth / Written, r => Unroll("d", Written, d => Step(t, stage, Linear.Simplify(r * Written + d))));

    private Stmt Step(Expr t, int stage, Expr d) => EachSum((i, j) =>
    {
        var (x, y) = (a[stage, d, RowRun(t, i), Linear.Simplify(i % GroupTile.Run)], b[stage, d, ColumnRun(t, j), Linear.Simplify(j % GroupTile.Run)]);
        return sums.Set([t, i, j], sums.Scalar.IsReal ? Expr.Fma(x, y, sums[t, i, j]) : x * y + sums[t, i, j]);
    });

    /// <summary>A thread's rows are runs as far apart as all threads' runs reach: neighbours read neighbouring runs.</summary>
    private Expr RowRun(Expr t, Expr i) => Linear.Simplify(i / GroupTile.Run * (tile.Rows / tile.ThreadRows) + t / (tile.Columns / tile.ThreadColumns));

    private Expr ColumnRun(Expr t, Expr j) => Linear.Simplify(j / GroupTile.Run * (tile.Columns / tile.ThreadColumns) + t % (tile.Columns / tile.ThreadColumns));

    private Expr Row(Expr t, Expr i) => Linear.Simplify(RowRun(t, i) * GroupTile.Run + i % GroupTile.Run);

    private Expr Column(Expr t, Expr j) => Linear.Simplify(ColumnRun(t, j) * GroupTile.Run + j % GroupTile.Run);

    /// <summary>What becomes of the sums: results, or parts to be joined.</summary>
    private Stmt Results(Expr t, Expr split, Dictionary<Axis, Expr> at, Expr firstRow, Expr firstColumn)
    {
        var flat = new Flattened(contraction.Batch).Axes.Aggregate((Expr)0, (sum, axis) => Linear.Simplify(sum * axis.Extent + at[axis]));
        Stmt One(Expr i, Expr j)
        {
            var (m, n) = (Linear.Simplify(firstRow + Row(t, i)), Linear.Simplify(firstColumn + Column(t, j)));
            return tile.Splits > 1 ? partial.Set([split, flat, m, n], sums[t, i, j]) : contraction.Finished(sums[t, i, j], [.. contraction.Batch.Select(axis => (axis, at[axis])), .. rows.At(m), .. columns.At(n)]);
        }
        // Where columns come in whole runs, a run is inside or outside as one, and is stored in one access.
        var run = columns.Static % GroupTile.Run == 0 && columns.Static > 0 ? GroupTile.Run : 1;
        Stmt Inside(Expr i, Func<Expr, Stmt> body) => rows.Static > 0 && rows.Static % tile.Rows == 0 ? body(i) : When(firstRow + Row(t, i) < rows.Extent, body(i));
        return Unroll("i", tile.ThreadRows, i => Inside(i, row => Unroll("c", tile.ThreadColumns / run, c =>
        {
            var start = Linear.Simplify(c * run);
            var store = Unroll("j", run, j => One(row, Linear.Simplify(start + j)));
            return columns.Static > 0 && columns.Static % tile.Columns == 0 ? store : When(firstColumn + Column(t, start) < columns.Extent, store);
        })));
    }

    /// <summary>Adds up the parts of each sum, always in the same order.</summary>
    private Stmt Join()
    {
        var all = new Flattened([.. contraction.Batch, .. contraction.M, .. contraction.N]);
        var axis = new Axis("r", all.Extent);
        Seq<(Axis, Expr)> at = [.. all.At(axis)];
        Expr Flat(Seq<Axis> axes) => axes.Aggregate((Expr)0, (sum, one) => Linear.Simplify(sum * one.Extent + at.First(p => p.Item1 == one).Item2));
        var (product, m, n) = (Flat(contraction.Batch), Flat(contraction.M), Flat(contraction.N));
        var total = Enumerable.Range(0, tile.Splits).Select(s => partial[s, product, m, n]).Aggregate((x, y) => x + y);
        return new Loop(LoopKind.Parallel, axis, contraction.Finished(total, at));
    }
}
