using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>
/// The template for a few rows times many that are computed when the model runs and lie along the sum on both sides, the scores of one token against
/// a cache of keys above all: nothing is packed, lanes run along the sum, several rows are in flight, each sum is joined at the end.
/// </summary>
public sealed class RowDots
{
    /// <summary>Most rows of A: more than these are worth packing B for.</summary>
    private const long MostRows = 4;

    private readonly Contraction contraction;
    private readonly Machine machine;
    private readonly Flattened rows, columns;
    private readonly long lanes, tile;
    private readonly bool shared;

    public RowDots(Contraction contraction, Machine machine)
    {
        (this.contraction, this.machine, rows, columns) = (contraction, machine, new(contraction.M), new(contraction.N));
        lanes = machine.Lanes;
        while (Depth.Extent.Whole % lanes != 0) lanes /= 2;
        tile = Math.Max(1, Math.Min(8, (machine.VectorRegisters - 8) / rows.Static));
        shared = machine.Pays(contraction);
    }

    private Axis Depth => contraction.K[0];

    public static bool Fits(Contraction contraction, bool constantB) => !constantB && contraction.K is [{ Extent: Number { Integer: var depth } } k] && depth % 4 == 0
        && contraction.Sum.Type == Scalar.F32 && contraction.N.Count > 0 && new Flattened(contraction.M).Static is > 0 and <= MostRows
        && IsAlong(contraction.A, k) && IsAlong(contraction.B, k);

    private static bool IsAlong(Expr side, Axis k) => side is Load { Outside: null, Buffer.Scalar: Scalar.F32 } load
        && Linear.Of(load.Buffer.Flat(load.At)) is var place && place[k] == 1 && place.Terms.Keys.All(atom => atom == (Expr)k || !atom.Mentions(k));

    public Pace Pace => new(Sizes.Guess(new Flattened([.. contraction.Batch, .. contraction.M, .. contraction.N]).Extent) * (double)Depth.Extent.Whole / lanes, 0);

    public string Describe() => $"rows {rows.Static}x{tile} {lanes} lanes";

    public Kernel Compute()
    {
        var body = contraction.Batch.Count > 0 ? Columns(false) : Columns(shared);
        var batch = new Flattened(contraction.Batch);
        if (contraction.Batch.Count > 0) body = machine.Shared(shared, "b", batch.Extent, b => body.Map(e => e.Substitute(batch.At(b))));
        return Kernel.Over(contraction.Kernel.Name, [contraction.Output.Buffer], body);
    }

    private Stmt Columns(bool share)
    {
        var (whole, rest) = (Linear.Simplify(columns.Extent / tile), Linear.Simplify(columns.Extent % tile));
        return Do(
            whole is Number { Integer: 0 } ? Do() : machine.Shared(share, "n", whole, n => Tile(Linear.Simplify(n * tile), tile)),
            rest is Number { Integer: 0 } ? Do() : For("n", rest, n => Tile(Linear.Simplify(whole * tile + n), 1)));
    }

    private Stmt Tile(Expr column, long height)
    {
        var sums = new Buffer("acc", Scalar.F32, [height, rows.Static, lanes], Space.Registers);
        Stmt Each(Func<Expr, Expr, Stmt> inside) => Unroll("r", height, r => Unroll("m", rows.Static, m => inside(r, m)));
        IEnumerable<(Axis, Expr)> At(Expr r, Expr m) => [.. rows.At(m), .. columns.At(Linear.Simplify(column + r))];
        var steps = new List<Stmt>
        {
            Each((r, m) => Vector("j", lanes, j => sums.Set([r, m, j], 0))),
            For("k", Depth.Extent.Whole / lanes, k => Each((r, m) => Vector("j", lanes, j =>
            {
                (Axis, Expr)[] at = [.. At(r, m), (Depth, Linear.Simplify(k * lanes + j))];
                return sums.Set([r, m, j], machine.MultiplyAdd(contraction.A.Placed(at), contraction.B.Placed(at), sums[[r, m, j]]));
            }))),
        };
        for (var half = lanes / 2; half >= 1; half /= 2)
            steps.Add(Each((r, m) => Over(LoopKind.Vector, "j", half, j => sums.Set([r, m, j], sums[[r, m, j]] + sums[[r, m, Linear.Simplify(j + half)]]))));
        steps.Add(Each((r, m) => contraction.Output.Buffer.Set(contraction.Output.At.Placed(At(r, m)), contraction.Epilogue(sums[[r, m, 0]]).Placed(At(r, m)))));
        return new Scratch(sums, Do(steps));
    }
}
