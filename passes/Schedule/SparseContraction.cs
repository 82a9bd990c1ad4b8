using Lathe.Ir;
using static Lathe.Ir.Stmts;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>
/// The template for products with weights in blocks of which only some are kept. Lanes run along rows: A is laid out so that a step of the sum is a run of rows, a block
/// that is kept is a few such runs times numbers that all lanes share, and what is not kept is not there. Sums of sixteen outputs wait in scratch, are turned round where
/// the result lies along outputs, and leave through the rest of the formula. Products of whole numbers add two or four neighbours of a block at once.
/// </summary>
/// <remarks>Elsen and others, Fast Sparse ConvNets (2020): pixels in lanes, weights in blocks of outputs.</remarks>
public sealed class SparseContraction
{
    /// <summary>Most vectors of rows in a tile: more read further than the first cache holds.</summary>
    private const long MostVectors = 8;

    private readonly Contraction contraction;
    private readonly Machine machine;
    private readonly SparseSide b;
    private readonly SparseSteps steps;
    private readonly Flattened columns, depth;
    private readonly LaneRows lanes;
    private readonly SparseRows a;
    private readonly SparseResults results;
    private readonly (Ir.Buffer List, Kernel Pack)? widened;
    private readonly long part, panel;
    private readonly bool shared, packsFirst;

    private SparseContraction(Contraction contraction, Machine machine, SparseSide b, Seq<Axis> order)
    {
        (this.contraction, this.machine, this.b) = (contraction, machine, b);
        (columns, depth) = (new(contraction.N), new(order));
        steps = b.Steps(machine);
        part = b.Outputs > (machine.VectorRegisters == 32 ? 8 : 4) && b.Outputs % 4 == 0 ? b.Outputs % 8 == 0 && machine.VectorRegisters == 32 ? 8 : 4 : b.Outputs;
        lanes = new(new(contraction.M), Math.Min(machine.Lanes, Tile.Panel), Math.Clamp((machine.VectorRegisters - 2) / (part + 1), 1, MostVectors));
        panel = Tile.Panel % b.Outputs == 0 ? Tile.Panel : b.Outputs;
        shared = Cycles / 3000 > 6;
        // Few blocks of rows: threads share the columns too, and rows are laid out once for all of them.
        packsFirst = lanes.Blocks is Number { Integer: var count } && count < machine.Tasks && shared;
        a = new(contraction.Output.Buffer.Name, lanes, steps, depth, packsFirst);
        results = new(contraction, lanes, steps, columns, panel);
        widened = steps.Width == 2 ? b.Widened(steps.B) : null;
    }

    /// <summary>The template for a contraction; null where its weights are not in blocks, and on machines whose vectors hold fewer rows than are turned round together.</summary>
    public static SparseContraction? Find(Contraction contraction, Machine machine, bool constantB)
    {
        if (!constantB || machine.Lanes < SparseRows.Turn || !contraction.A.Parts().OfType<Load>().Any(l => contraction.K.Any(l.Mentions))) return null;
        // An axis with one step is no neighbour of anything.
        Seq<Axis> order = [.. contraction.NearLast().OrderBy(axis => axis.Extent is Number { Integer: 1 } ? 0 : 1)];
        return SparseSide.Find(contraction, order) is { } side ? new(contraction, machine, side, order) : null;
    }

    /// <summary>As this is scheduled, and the steps that it is weighed by.</summary>
    internal Walked Scheduled => new(Compute, PackB, Describe(), Math.Max(Cycles * 2, machine.MemorySteps(b.Bytes)), new(Cycles * 2, b.Bytes));

    private string Describe() => FormattableString.Invariant($"sparse {b.Outputs}x{b.Inputs} of {lanes.Block} rows, {b.Count} blocks{(steps.Width > 1 ? $" in dots of {steps.Width}" : b.IsPlain ? "" : " decoding")}{(results.LieAlongRows ? "" : " turned")}");

    /// <summary>Cycles at two multiply-adds of vectors each, as <see cref="Shares.Pays"/> counts them.</summary>
    private double Cycles
    {
        get
        {
            const double laidOut = 0.35, stored = 0.6; // cycles of a number
            var count = lanes.Rows.Static == 0 ? 1 << 10 : Up(lanes.Rows.Static, lanes.Lanes) * lanes.Lanes;
            var products = (double)b.Count * (b.Inputs / steps.Width) * (b.Outputs * 1.15 + Up(b.Outputs, part)) * count / lanes.Lanes / 2;
            return products + count * (laidOut * depth.Static / steps.Width + stored * columns.Static);
        }
    }

    private IEnumerable<Kernel> PackB()
    {
        foreach (var kernel in b.Pack()) yield return kernel;
        if (widened is { } wide) yield return wide.Pack;
        if (results.HasTotals) yield return results.Totals(b.Code(steps.B));
    }

    private Kernel Compute()
    {
        Stmt body;
        if (packsFirst)
        {
            var chunks = Math.Clamp(machine.Tasks / lanes.Blocks.Whole, 1, Math.Max(1, Panels / 2));
            body = new Scratch(a.Buffer, Do(
                machine.Shared("m", lanes.Blocks, a.Fill),
                machine.Shared("n", Linear.Simplify(lanes.Blocks * chunks), p => Columns(Linear.Simplify(p % lanes.Blocks), p / lanes.Blocks, chunks))));
        }
        else body = machine.Shared(shared, "m", lanes.Blocks, block => new Scratch(a.Buffer, Do(a.Fill(block), Columns(block, 0, 1))));
        return Kernel.Over(contraction.Kernel.Name, [contraction.Output.Buffer], body);
    }

    private long Panels => Up(columns.Static, panel);

    /// <summary>The outputs of a part, in panels.</summary>
    private Stmt Columns(Expr block, Expr chunk, long chunks)
    {
        var each = Up(Panels, chunks);
        return results.Around(lanes.Whole(block, (count, ragged) => For("n", each, n =>
        {
            var index = Linear.Simplify(chunk * each + n);
            return When(each * chunks == Panels ? true : index < Panels, Do(
                For("b", panel / b.Outputs, row => When(columns.Static % panel == 0 ? true : Linear.Simplify(index * (panel / b.Outputs) + row) < b.BlockRows, BlockRow(block, Linear.Simplify(index * (panel / b.Outputs) + row), row, count))),
                results.Leave(block, index, count, ragged)));
        })));
    }

    private Expr Code(Expr row, Expr entry, Expr lane) => widened is { } wide ? wide.List[[entry, Linear.Simplify(lane)]] : b.At(steps.B, row, entry, lane);

    /// <summary>The sums of one row of blocks, a part of its outputs at a time.</summary>
    private Stmt BlockRow(Expr block, Expr row, Expr place, long count) => Do(Enumerable.Range(0, (int)(b.Outputs / part)).Select(first =>
    {
        var acc = new Ir.Buffer("acc", steps.Sums, [part, count, lanes.Lanes], Space.Registers);
        var weights = new Ir.Buffer("weights", Scalar.F32, [part, b.Inputs], Space.Registers);
        Stmt Each(Func<Expr, Expr, Expr, Stmt> body) => Unroll("r", part, r => Unroll("v", count, v => Vector("j", lanes.Lanes, j => body(r, v, j))));
        Expr Lane(Expr r, Expr t) => Linear.Simplify((first * part + r) * b.Inputs + t);
        var begin = b.Begin(row);
        return new Scratch(acc, Do(
            Each((r, v, j) => acc.Set([r, v, j], 0)),
            For("e", b.Begin(Linear.Simplify(row + 1)) - begin, e =>
            {
                var entry = begin + e;
                var from = b.Place(entry);
                Stmt Products(Func<Expr, Expr, Expr> weight) => Unroll("t", b.Inputs, t => Each((r, v, j) =>
                    acc.Set([r, v, j], machine.MultiplyAdd(a.At(block, from + t * b.InputStride, v * lanes.Lanes + j, 0), weight(r, t), acc[[r, v, j]]))));
                if (steps.Width > 1) return Unroll("t", b.Inputs / steps.Width, t => Each((r, v, j) =>
                {
                    var q = new Axis("q", steps.Width);
                    return acc.Set([r, v, j], Dot.Of(q, a.At(block, from / steps.Width + t, v * lanes.Lanes + j, q), Code(row, entry, Lane(r, t * steps.Width + q)), acc[[r, v, j]]));
                }));
                if (b.IsPlain) return Products((r, t) => b.At(steps.B, row, entry, Lane(r, t)));
                return new Scratch(weights, Do(
                    Over(LoopKind.Unroll, "r", part, r => Over(LoopKind.Unroll, "t", b.Inputs, t => weights.Set([r, t], b.At(steps.B, row, entry, Lane(r, t))))),
                    Products((r, t) => weights[[r, t]])));
            }),
            Each((r, v, j) => results.Keep(Linear.Simplify(place * b.Outputs + first * part + r), Linear.Simplify(v * lanes.Lanes + j), acc[[r, v, j]]))));
    }));
}
