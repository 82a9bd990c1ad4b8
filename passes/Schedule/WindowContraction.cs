using Lathe.Ir;
using static Lathe.Ir.Stmts;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>
/// The template for convolutions whose steps lie apart in memory and whose windows overlap, a network's first layer above all: three channels of an image, each a plane of its own.
/// What some rows of results see of the image is copied once, with its border, into an array that the second cache holds. There the results of a row are a fixed distance apart, so that a register
/// tile reads its windows where they lie; <see cref="BlockedContraction"/> would write each number once for every window that has it.
/// </summary>
public sealed class WindowContraction
{
    /// <summary>Most steps along the last summed axis that are written out at once.</summary>
    private const long MostUnrolled = 16;

    private readonly Contraction contraction;
    private readonly Machine machine;
    private readonly Load load;
    private readonly Seq<Axis> steps, around;
    private readonly Axis across;
    private readonly Axis? down;
    private readonly Flattened columns;
    private readonly Tile tile;
    private readonly DepthBlocks depth;
    private readonly Panels b;
    private readonly TileLoops loops;
    private readonly Seq<Linear> places;
    private readonly Buffer window;
    private readonly bool shared, isOne;
    private readonly long rows, parts;

    private WindowContraction(Contraction contraction, Machine machine)
    {
        (this.contraction, this.machine, load) = (contraction, machine, (Load)contraction.A);
        (across, down) = (contraction.M[^1], contraction.M.Count > 1 && contraction.M[^2].Extent is Number ? contraction.M[^2] : null);
        around = [.. contraction.M.SkipLast(down is null ? 1 : 2)];
        (columns, steps) = (new(contraction.N), contraction.NearLast());
        places = [.. load.At.Select(index => Linear.Of(index))];
        tile = Tile.For(machine, across.Extent.Whole, columns.Static, new Flattened(steps).Static) with { RowBlock = across.Extent.Whole, Unroll = steps[^1].Extent.Whole is <= MostUnrolled and var last ? last : 4 };
        depth = new(steps, tile.Depth);
        b = new(contraction, columns, depth, constant: true, tile.Unroll);
        shared = machine.Pays(contraction);
        var all = down?.Extent.Whole ?? 1;
        var least = Enumerable.Range(1, (int)Math.Min(all, int.MaxValue / 2)).FirstOrDefault(some => Bytes(Up(all, some)) <= machine.Level2 / 4, (int)all);
        parts = shared ? Shares.Parts(all, least, Math.Max(least, Math.Min(machine.Tasks / 2, all / 4))) : least;
        rows = Up(all, parts);
        // Of one part, such as a line of sound, threads share results of a row, or columns.
        isOne = parts == 1 && new Flattened(around).Static == 1;
        loops = new(machine, new([across]), columns, tile, shared && isOne, packsRows: true, isBatched: false);
        window = new($"{contraction.Output.Buffer.Name}.window", Scalar.F32, [.. Enumerable.Range(0, places.Count).Select(i => (Expr)Span(i, rows))], Space.Arena);
    }

    /// <summary>The contraction as windows; null where it is none, or where its windows hardly overlap.</summary>
    /// <param name="constantB">Whether B is weights.</param>
    public static WindowContraction? Find(Contraction contraction, Machine machine, bool constantB)
    {
        if (!constantB || !BlockedContraction.Fits(contraction, constantB) || machine.Chosen is { Gather: Wish.Yes } || contraction.Batch.Count > 0
            || contraction.A is not Load { Buffer.Scalar: Scalar.F32, Outside: null or Number } load || contraction.M.Count == 0 || contraction.M[^1].Extent is not Number { Integer: >= 8 }) return null;
        var moving = contraction.K.Concat(contraction.M.TakeLast(2)).ToList();
        var near = new Axis("near", 2);
        if (load.At.Zip(load.Buffer.Shape).Any(p => Linear.Of(p.First).Terms.Any(t => t.Key is Axis axis && moving.Contains(axis) ? t.Value < 0 || p.Second is not Number : moving.Exists(t.Key.Mentions)))
            || Linear.Of(load.Buffer.Flat([.. load.At.SkipLast(1), load.At[^1] + near]))[near] != 1) return null;
        var found = new WindowContraction(contraction, machine);
        // Half of what gathered rows would take, or less; sums of one block, of numbers that need no decoding.
        return found.depth.IsOne && !found.b.IsDecoding && 2 * found.Bytes(found.rows) <= 4 * found.rows * found.across.Extent.Whole * found.depth.Steps && found.Bytes(found.rows) <= machine.Level2 / 2 ? found : null;
    }

    /// <summary>What it is expected to take.</summary>
    public Pace Pace
    {
        get
        {
            const double efficiency = 0.85;
            var (batch, padded) = ((double)Sizes.Guess(new Flattened(around).Extent), (double)Sizes.Guess(b.Count) * Tile.Panel);
            double results = rows * parts * across.Extent.Whole;
            return new(batch * (results * padded / tile.Lanes * (depth.Steps / efficiency + contraction.Finishing) + parts * Bytes(rows) / 4.0 * 2 / machine.Lanes), b.Bytes);
        }
    }

    public string Describe() => $"windows {tile.Rows}x{tile.Columns}, {rows} rows at a time";

    /// <summary>The kernels that run once, in the compiler, to lay B out in panels.</summary>
    public IEnumerable<Kernel> PackB() => b.Pack();

    public Kernel Compute()
    {
        return Kernel.Over(contraction.Kernel.Name, [contraction.Output.Buffer], isOne ? Part(0, loops.All)
            : machine.Shared(shared, "b", Linear.Simplify(new Flattened(around).Extent * parts), p => Part(p, block => block(0, columns => columns(0)))));

        // A part, given what runs its blocks of a row and their columns.
        Stmt Part(Expr p, Func<Func<Expr, Func<Func<Expr, Stmt>, Stmt>, Stmt>, Stmt> blocks)
        {
            Seq<(Axis, Expr)> at = [.. new Flattened(around).At(Linear.Simplify(p / parts))];
            var first = Linear.Simplify(p % parts * rows);
            return new Scratch(window, Do(Fill(at, first), blocks((block, each) => each(chunk => loops.Columns(chunk, (panel, count, ragged) => For("y", rows, y =>
            {
                Seq<(Axis, Expr)> row = down is null ? at : [.. at, (down, Linear.Simplify(first + y))];
                return When(down is null ? true : Linear.Decided(Linear.Simplify(first + y) < down.Extent),
                    loops.Rows(block, (local, height) => Tiled(row, y, panel, count, Linear.Simplify(loops.FirstRow(block) + local), height, ragged)));
            }))))));
        }
    }

    /// <summary>Numbers along an axis of the image that so many rows of results see.</summary>
    private long Span(int i, long some) => 1 + places[i].Terms.Sum(t => t.Key is not Axis axis || !Moves(axis) ? 0 : t.Value * ((axis == down ? some : axis.Extent.Whole) - 1));

    private long Bytes(long some) => Enumerable.Range(0, places.Count).Aggregate(4L, (size, i) => size * Span(i, some));

    private bool Moves(Axis axis) => axis == across || axis == down || steps.Contains(axis);

    /// <summary>Copies what a part sees, and stores what lies outside the image as the number that stands for it.</summary>
    private Stmt Fill(Seq<(Axis, Expr)> at, Expr first)
    {
        Seq<Expr> starts = [.. places.Select(place => Linear.Simplify(place.Where(atom => atom is not Axis axis || !Moves(axis), place.Constant).ToExpr().Substitute(at) + (down is null ? 0 : place[down] * first)))];
        Seq<Axis> axes = [.. starts.SkipLast(1).Select((_, i) => new Axis($"w{i}", Span(i, rows)))];
        Expr Start(int i) => Linear.Simplify(starts[i] + (axes[i].Extent is Number { Integer: 1 } ? 0 : axes[i]));
        Seq<Expr> lead = [.. axes.Select((_, i) => Start(i))];
        Seq<Expr> to = [.. axes.Select(axis => axis.Extent is Number { Integer: 1 } ? (Expr)0 : axis)];
        var (span, width) = (Span(places.Count - 1, rows), load.Buffer.Shape[^1]);
        Stmt Set(Expr x, bool copies) => window.Set([.. to, x], copies ? Load.Of(load.Buffer, [.. lead, Linear.Simplify(starts[^1] + x)], starts[^1] is Number ? null : load.Outside) : load.Outside ?? 0);
        Stmt Run(long from, long end, bool copies)
        {
            var (whole, left) = Math.DivRem(Math.Max(0, end - from), machine.Lanes);
            return Do(
                whole == 0 ? Do() : For("i", whole, i => Vector("j", machine.Lanes, j => Set(Linear.Simplify(i * machine.Lanes + j + from), copies))),
                left == 0 ? Do() : For("i", left, i => Set(Linear.Simplify(i + (from + whole * machine.Lanes)), copies)));
        }
        var (low, high) = starts[^1] is Number { Integer: var start } && width is Number { Integer: var extent } ? (Math.Clamp(-start, 0, span), Math.Clamp(extent - start, 0, span)) : (0, span);
        // Where parts go on beyond the last row of results, so do the rows they would see.
        Expr inside = lead.Zip(load.Buffer.Shape).Aggregate((Expr)true, (whole, p) => whole & Linear.Decided(0 <= p.First) & Linear.Decided(p.First < p.Second));
        var (copied, empty) = (Do(Run(0, low, false), Run(low, high, true), Run(high, span, false)), Run(0, span, false));
        return Nest(LoopKind.For, axes.Where(axis => axis.Extent is not Number { Integer: 1 }), Do(When(inside, copied), When(Expr.Not(inside), empty)));
    }

    /// <summary>A register tile: neighbours of a row of results, some columns.</summary>
    private Stmt Tiled(Seq<(Axis, Expr)> row, Expr y, Expr panel, long width, Expr local, long height, bool ragged)
    {
        var perPanel = Tile.Panel / tile.Lanes;
        var sums = new RegisterTile(tile, height, width * perPanel);
        var (outer, last) = (steps.SkipLast(1).Where(axis => axis.Extent is not Number { Integer: 1 }).Select(axis => (Of: axis, Loop: axis.Fresh())).ToList(), steps[^1]);
        Expr A(Expr r, Expr k)
        {
            Seq<(Axis, Expr)> here = [.. outer.Select(axis => (axis.Of, (Expr)axis.Loop)), (last, k), (across, Linear.Simplify(local + r)), .. down is null ? [] : (Seq<(Axis, Expr)>)[(down, y)]];
            return window[[.. places.Select(place => Linear.Simplify(place.Where(atom => atom is Axis axis && Moves(axis), 0).ToExpr().Substitute(here)))]];
        }
        Expr Step(Expr k) => Linear.Simplify(outer.Aggregate((Expr)0, (sum, axis) => sum * axis.Of.Extent + axis.Loop) * last.Extent + k);
        Expr Column(Expr v, Expr j) => Linear.Simplify(panel * Tile.Panel + v * tile.Lanes + j);
        return sums.Around(
            sums.Set((_, _, _) => 0.0),
            Nest(LoopKind.For, outer.Select(axis => axis.Loop), sums.Add(last.Extent, RegisterTile.Products(machine, A,
                (k, v, j) => b.At(0, Linear.Simplify(panel + v / perPanel), Step(k), Linear.Simplify(v % perPanel * tile.Lanes + j))))),
            sums.Each((r, v, j) => When(ragged ? Column(v, j) < columns.Extent : true,
                contraction.Finished(sums[r, v, j], [.. row, (across, Linear.Simplify(local + r)), .. columns.At(Column(v, j))]))));
    }
}
