using Lathe.Ir;
using static Lathe.Ir.Stmts;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>
/// The template for products with weights that keep some of each group of inputs: what is kept lies in panels of sixteen columns, the places in the groups in panels of
/// their own. Rows are laid out as one small table for each group, which lies in a register: each column picks its factor from there by the place. What is not kept is not read.
/// </summary>
/// <remarks>Mishra and others, Accelerating Sparse Deep Neural Networks (2021), whose multiplexers are permutations of a vector here.</remarks>
public sealed class RatioContraction
{
    private readonly Contraction contraction;
    private readonly Machine machine;
    private readonly RatioWalk walk;
    private readonly Tile tile;
    private readonly Flattened rows, columns;
    private readonly DepthBlocks all, kept;
    private readonly TileLoops loops;
    private readonly Panels numbers, places;
    private readonly Ir.Buffer tables;

    private RatioContraction(Contraction contraction, Machine machine, RatioWalk walk, Expr number, Seq<Axis> order)
    {
        (this.contraction, this.machine, this.walk) = (contraction, machine, walk);
        (rows, columns) = (new(contraction.M), new(contraction.N));
        Seq<Axis> entries = [.. order.SkipLast(1), walk.Entry];
        (all, kept) = (new(order, long.MaxValue), new(entries, long.MaxValue));
        tile = Sized(Tile.For(machine, rows.Static, columns.Static, all.Steps, spare: machine.VectorRegisters == 32 ? 10 : 5));
        numbers = new(contraction with { B = number, K = entries }, columns, kept, true, tile.Unroll);
        places = new(contraction with { B = walk.Place, K = entries }, columns, kept, true, tile.Unroll, "places");
        loops = new(machine, rows, columns, tile, machine.Pays(contraction), packsRows: true, isBatched: false);
        tables = new($"{contraction.Output.Buffer.Name}.groups", Scalar.F32, [loops.BlockRows, all.Steps / walk.Of, walk.Of], Space.Arena);
    }

    /// <summary>The template for a contraction; null where its weights keep no such groups along what lies side by side in A, and where the machine's lanes cannot pick from a register.</summary>
    public static RatioContraction? Find(Contraction contraction, Machine machine, bool constantB)
    {
        if (!constantB || !machine.LooksUp || contraction is not { Batch.Count: 0, N.Count: > 0, Sum.Type: Scalar.F32 } || !contraction.A.Parts().OfType<Load>().Any(l => contraction.K.Any(l.Mentions))) return null;
        var order = contraction.NearLast();
        if (order.Concat(contraction.N).Any(axis => axis.Extent is not Number { Integer: > 0 })) return null;
        foreach (var factor in Contraction.Factors(contraction.B))
        {
            if (RatioWalk.Find(factor, order[^1]) is not { } walk) continue;
            var number = contraction.B.Replace(part => part == factor ? walk.Number : null);
            return number.Mentions(order[^1]) ? null : new(contraction, machine, walk, number, order);
        }
        return null;
    }

    /// <summary>As this is scheduled, and the steps that it is weighed by.</summary>
    internal Walked Scheduled => new(Compute, PackB, Describe(), Math.Max(Pace.Steps, machine.MemorySteps(Pace.Streamed)), Pace);

    /// <summary>For each number that is kept a product and a pick; once for the rows of a tile its place is unpacked and it is decoded.</summary>
    private Pace Pace
    {
        get
        {
            const double efficiency = 0.85, unpacking = 1;
            var (m, padded) = ((double)Sizes.Guess(rows.Extent), (double)Sizes.Guess(numbers.Count) * Tile.Panel);
            var decoding = (unpacking + (numbers.IsDecoding ? Effort.Of(Each) : 0)) / Math.Min(m, tile.Rows);
            return new(m * kept.Steps * padded / tile.Lanes * (2 + decoding) / efficiency + m * all.Steps * (2 + Effort.Of(contraction.A)) / machine.Lanes + m * padded / tile.Lanes * contraction.Finishing, numbers.Bytes + places.Bytes);
        }
    }

    /// <summary>What is multiplied at every step, and what multiplies the whole sum instead: scales of columns.</summary>
    private Expr Each => numbers.Groups is var (each, _, steps) && steps == kept.Steps ? each : numbers.Whole;

    private Expr? Behind => numbers.Groups is var (_, shared, steps) && steps == kept.Steps ? shared : null;

    private string Describe() => $"sparse {walk.Count}:{walk.Of} {tile.Rows}x{tile.Columns}{(numbers.IsDecoding ? " decoding" : "")}";

    private IEnumerable<Kernel> PackB() => [.. numbers.Pack(), .. places.Pack()];

    private Kernel Compute() => Kernel.Over(contraction.Kernel.Name, [contraction.Output.Buffer], loops.All((block, parts) => new Scratch(tables, Do(
        Fill(block),
        parts(chunk => loops.Columns(chunk, (panel, count, ragged) => loops.Rows(block, (local, height) => RegisterTile(block, panel, count, local, height, ragged))))))));

    /// <summary>Steps whose places share a byte, and those of a group, are written out; rows that are laid out stay in the second cache.</summary>
    private Tile Sized(Tile tile)
    {
        const long most = 16;
        long unit = 8 / walk.Place.Type.Bits, turn = unit;
        while (turn % walk.Count != 0 && turn + unit <= most) turn += unit;
        if (turn % walk.Count != 0) turn = unit;
        return tile with { Unroll = Up(tile.Unroll, turn) * turn, RowBlock = Math.Max(tile.Rows, Math.Min(machine.Level2 / 2 / (all.Steps * 4), machine.BlockRows) / tile.Rows * tile.Rows) };
    }

    /// <summary>Lays a block of rows out, group by group.</summary>
    private Stmt Fill(Expr block) => loops.Rows(block, (local, height) => For("r", height, r =>
    {
        (Axis, Expr)[] row = [.. rows.At(Linear.Simplify(loops.FirstRow(block) + local + r))];
        return all.Loops(0, tile.Lanes, false, (position, at, _) =>
            tables.Set([Linear.Simplify(local + r), Linear.Simplify(position / walk.Of), Linear.Simplify(position % walk.Of)], contraction.A.Placed([.. row, .. at])));
    }), loops.IsInside);

    private Stmt RegisterTile(Expr block, Expr panel, long count, Expr local, long height, bool ragged)
    {
        var perPanel = Tile.Panel / tile.Lanes;
        var row = Linear.Simplify(loops.FirstRow(block) + local);
        Expr Panel(Expr v) => Linear.Simplify(panel + v / perPanel);
        Expr Inner(Expr v, Expr j) => Linear.Simplify(v % perPanel * tile.Lanes + j);
        Expr Column(Expr v, Expr j) => Linear.Simplify(panel * Tile.Panel + v * tile.Lanes + j);
        var sums = new RegisterTile(tile, height, count * perPanel);
        return sums.Around(
            sums.Set((_, _, _) => 0.0),
            sums.Add(kept.Steps, (r, k, v, j, sum, _) =>
            {
                var place = places.At(0, Panel(v), k, Inner(v, j)).As(Scalar.I32);
                // No place is beyond its group, which four bits alone do not say.
                if (walk.Of < 1 << walk.Place.Type.Bits) place &= Number.Of(Scalar.I32, walk.Of - 1);
                return machine.MultiplyAdd(tables[[Linear.Simplify(local + r), Linear.Simplify(k / walk.Count), place.As(Scalar.I64)]], numbers.At(Each, 0, Panel(v), k, Inner(v, j)), sum);
            }),
            sums.Each((r, v, j) => When(ragged ? Column(v, j) < columns.Extent : true, contraction.Finished(
                Behind is { } scale ? sums[r, v, j] * numbers.At(scale, 0, Panel(v), 0, Inner(v, j)) : sums[r, v, j], [.. rows.At(Linear.Simplify(row + r)), .. columns.At(Column(v, j))]))));
    }
}
