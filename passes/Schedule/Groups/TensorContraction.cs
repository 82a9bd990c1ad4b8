using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>A product of narrow numbers on a GPU's tensor cores: as <see cref="GroupContraction"/>, with steps of whole warps in place of multiply-adds of threads.</summary>
internal sealed class TensorContraction
{
    private readonly Contraction contraction;
    private readonly TensorTile tile;
    private readonly Flattened batch, rows, columns;
    private readonly GroupSteps steps;
    private readonly Axis thread;
    private readonly Buffer sums;
    private readonly TensorSide a, b;
    private readonly Scalar kind;
    private readonly int down, across;

    private TensorContraction(Contraction contraction, Expr left, Expr right, TensorTile tile)
    {
        (this.contraction, this.tile, kind) = (contraction, tile, left.Type);
        (batch, rows, columns) = (new(contraction.Batch), new(contraction.M), new(contraction.N));
        var name = contraction.Output.Buffer.Name;
        steps = new(contraction, tile.Depth(kind));
        thread = new("t", tile.Threads);
        (down, across) = (tile.WarpRows / WarpProduct.Rows, tile.WarpColumns / WarpProduct.Columns);
        sums = new($"{name}.sums", contraction.Sum.Type, [tile.Threads, down * across * WarpProduct.Sums], Space.Registers);
        a = new($"{name}.a", left, contraction.M, tile.Rows, tile, steps, down * WarpProduct.Lefts(kind));
        b = new($"{name}.b", right, contraction.N, tile.Columns, tile, steps, across * WarpProduct.Rights(kind));
    }

    /// <summary>Null where tensor cores do not multiply such numbers, or there are too few.</summary>
    public static TensorContraction? Find(Contraction contraction, GpuDeviceModel device)
    {
        if (!device.HasTensorCores || !GroupContraction.Fits(contraction) || contraction.A is not Cast { Operand: var left } || contraction.B is not Cast { Operand: var right }) return null;
        if (!WarpProduct.Takes(left.Type, right.Type, contraction.Sum.Type)) return null;
        var tile = TensorTile.For(device, new Flattened(contraction.Batch).Static, new Flattened(contraction.M).Static, new Flattened(contraction.N).Static);
        return TensorSide.Fits(left, tile.Rows, tile) && TensorSide.Fits(right, tile.Columns, tile) ? new(contraction, left, right, tile) : null;
    }

    public string Describe() => FormattableString.Invariant($"tensor cores, {kind.Text}, groups of {tile.Rows}x{tile.Columns}, {tile.WarpRows}x{tile.WarpColumns} a warp, depth {tile.Depth(kind)}");

    public Kernel Compute()
    {
        var (high, wide) = (Linear.Simplify((rows.Extent + (tile.Rows - 1)) / tile.Rows), Linear.Simplify((columns.Extent + (tile.Columns - 1)) / tile.Columns));
        var all = new Flattened([.. contraction.Batch, new("m", high), new("n", wide)]);
        var group = new Axis("g", all.Extent);
        var at = all.At(group).ToDictionary(p => p.Axis, p => p.Index);
        var (firstRow, firstColumn) = (Linear.Simplify(at[all.Axes[^2]] * tile.Rows), Linear.Simplify(at[all.Axes[^1]] * tile.Columns));
        Seq<(Axis, Expr)> places = [.. contraction.Batch.Select(axis => (axis, at[axis]))];
        var body = Do(
            steps.Walk(thread, 0, t => Unroll("i", sums.Shape[1], i => sums.Set([t, i], Number.Of(sums.Scalar, 0))),
                (t, slot, block) => Do(a.Fetch(t, slot, block, firstRow, places), b.Fetch(t, slot, block, firstColumn, places)),
                (t, slot, stage) => Do(a.Put(t, slot, stage), b.Put(t, slot, stage)),
                stage => [.. Enumerable.Range(0, tile.Products).SelectMany(product => Product(stage, product))]),
            Threads(thread, t => Results(t, places, firstRow, firstColumn)));
        return Kernel.Over(contraction.Kernel.Name, contraction.Kernel.Outputs, new Loop(LoopKind.Parallel, group, a.Around(b.Around(new Scratch(sums, body)))));
    }

    private Expr WarpRow(Expr t) => Linear.Simplify(t / WarpProduct.Warp / tile.WarpsAcross * tile.WarpRows);

    private Expr WarpColumn(Expr t) => Linear.Simplify(t / WarpProduct.Warp % tile.WarpsAcross * tile.WarpColumns);

    /// <summary>One round of products: each thread takes its share of the warp's rows and columns into registers, then all multiply.</summary>
    private IEnumerable<Func<Expr, Stmt>> Product(int stage, int number)
    {
        var (lefts, rights, first) = (WarpProduct.Lefts(kind), WarpProduct.Rights(kind), number * WarpProduct.Steps(kind));
        yield return t => Do(
            Unroll("m", down, m => Unroll("e", lefts, e =>
            {
                var (row, step) = WarpProduct.Left(kind, t, e);
                return a.Held.Set([t, Linear.Simplify(m * lefts + e)], a[stage, Linear.Simplify(first + step), Linear.Simplify(WarpRow(t) + m * WarpProduct.Rows + row)]);
            })),
            // Two products' columns at once: as many squares as the rows of one have, which a GPU takes in one step.
            Unroll("n", across / 2, n => Unroll("e", 2 * rights, e =>
            {
                var (step, column) = WarpProduct.Right(kind, t, Linear.Simplify(e % rights));
                return b.Held.Set([t, Linear.Simplify(n * (2 * rights) + e)], b[stage, Linear.Simplify(first + step), Linear.Simplify(WarpColumn(t) + (n * 2 + e / rights) * WarpProduct.Columns + column)]);
            })));
        yield return t => Unroll("m", down, m => Unroll("n", across, n => WarpProduct.Of(t,
            (sums, Linear.Simplify((m * across + n) * WarpProduct.Sums)), (a.Held, Linear.Simplify(m * lefts)), (b.Held, Linear.Simplify(n * rights)))));
    }

    private Stmt Results(Expr t, Seq<(Axis, Expr)> places, Expr firstRow, Expr firstColumn) => Unroll("m", down, m => Unroll("n", across, n => Unroll("i", WarpProduct.Sums, i =>
    {
        var (row, column) = WarpProduct.Sum(t, i);
        var (r, c) = (Linear.Simplify(firstRow + WarpRow(t) + m * WarpProduct.Rows + row), Linear.Simplify(firstColumn + WarpColumn(t) + n * WarpProduct.Columns + column));
        var store = contraction.Finished(sums[t, Linear.Simplify((m * across + n) * WarpProduct.Sums + i)], [.. places, .. rows.At(r), .. columns.At(c)]);
        if (columns.Static == 0 || columns.Static % tile.Columns != 0) store = When(c < columns.Extent, store);
        return rows.Static == 0 || rows.Static % tile.Rows != 0 ? When(r < rows.Extent, store) : store;
    })));
}
