using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>
/// The template for a sum of products with nothing to share between columns, depthwise convolution above all: the axis that lies side by side
/// runs in vectors, several neighbours along the next share the weights in registers, the sum is written out.
/// </summary>
public sealed class DirectContraction
{
    /// <summary>Most taps that are written out.</summary>
    private const long MostTaps = 64;

    private readonly Contraction contraction;
    private readonly Machine machine;
    private readonly Axis channel;
    private readonly Buffer weights;
    private readonly long lanes;

    public DirectContraction(Contraction contraction, Machine machine)
    {
        (this.contraction, this.machine) = (contraction, machine);
        channel = Channel(contraction)!;
        lanes = machine.Lanes;
        while (channel.Extent.Whole % lanes != 0 && lanes > 4) lanes /= 2;
        weights = new($"{contraction.Output.Buffer.Name}.taps", Scalar.F32, [.. contraction.K.Select(axis => axis.Extent), channel.Extent]);
    }

    /// <summary>A batch axis that lies side by side in the result and in A, no columns, weights that can be laid out anew, an image of known size (how many there are need not be).</summary>
    public static bool Fits(Contraction contraction, bool constantB) =>
        constantB && contraction.Sum.Type == Scalar.F32 && contraction.N.Count == 0 && contraction.M.Count >= 1 && Channel(contraction) is { Extent: Number }
        && contraction.Batch.All(a => a == Channel(contraction) || !contraction.B.Mentions(a))
        && new Flattened(contraction.K).Static is > 0 and <= MostTaps && contraction.M.TakeLast(2).All(a => a.Extent is Number);

    /// <summary>A multiply-add for each tap, and what it takes to read the number that it multiplies.</summary>
    public Pace Pace => new(Sizes.Guess(new Flattened([.. contraction.Batch, .. contraction.M]).Extent) * ((double)new Flattened(contraction.K).Static * (1 + Effort.Of(contraction.A)) + contraction.Finishing) / lanes, 4.0 * weights.Size.Whole);

    public string Describe() => $"direct {lanes} lanes";

    /// <summary>Lays the weights out so that the vector axis is side by side.</summary>
    public Kernel PackB() => Kernel.Over(weights.Name, [weights], Nest(LoopKind.For, contraction.K.Append(channel), weights.Set([.. contraction.K, channel], contraction.B)));

    public Kernel Compute()
    {
        var others = contraction.Batch.Where(a => a != channel).Concat(contraction.M.SkipLast(2)).ToList();
        var last = contraction.M[^1];
        var whole = channel.Extent.Whole / lanes;
        var left = channel.Extent.Whole % lanes;
        var segments = Segments(last);
        Stmt Row(params (Axis, Expr)[] at) => Do(
            whole == 0 ? Do() : For("c", whole, c => Pieces(at, last, segments, Linear.Simplify(c * lanes), lanes)),
            left == 0 ? Do() : For("c", left, c => Pieces(at, last, segments, Linear.Simplify(c + whole * lanes), 1)));
        Stmt body;
        if (contraction.M.Count == 1) body = Row();
        else
        {
            var down = contraction.M[^2];
            // Threads share the longest stretch, and whoever has its first or last row does what is above or below: one hand-over, not one for each stretch.
            var pieces = Segments(down);
            var longest = pieces.MaxBy(piece => piece.To - piece.From);
            var rows = longest.To - longest.From;
            Stmt All(IEnumerable<(long From, long To)> stretches) => Do(stretches.Select(piece => For("y", piece.To - piece.From, y => Row((down, Linear.Simplify(y + piece.From))))));
            Stmt Beside(Expr at, IEnumerable<(long From, long To)> stretches) => stretches.Any() ? When(rows == 1 ? true : at, All(stretches)) : Do();
            body = Parallel("y", rows, y => Do(
                Beside(Expr.Same(y, 0), pieces.Where(piece => piece.To <= longest.From)),
                Row((down, Linear.Simplify(y + longest.From))),
                Beside(Expr.Same(y, rows - 1), pieces.Where(piece => piece.From >= longest.To))));
        }
        return Kernel.Over(contraction.Kernel.Name, [contraction.Output.Buffer], Nest(LoopKind.For, others, body));
    }

    private Stmt Pieces((Axis, Expr)[] at, Axis last, IReadOnlyList<(long From, long To)> segments, Expr c, long width) => Do(segments.SelectMany(piece =>
    {
        var rows = machine.Chosen is { Rows: > 0 and var chosen } ? Math.Min(chosen, machine.VectorRegisters / 2) : machine.VectorRegisters == 32 ? 8L : 4L;
        var (count, rest) = Math.DivRem(piece.To - piece.From, rows);
        return new[]
        {
            count == 0 ? Do() : For("x", count, x => RegisterTile([.. at, (last, Linear.Simplify(x * rows + piece.From))], c, rows, width)),
            rest == 0 ? Do() : RegisterTile([.. at, (last, piece.To - rest)], c, rest, width),
        };
    }));

    private Stmt RegisterTile((Axis Axis, Expr Index)[] at, Expr c, long height, long width)
    {
        var last = at[^1];
        var sums = new Buffer("acc", Scalar.F32, [height, width], Space.Registers);
        Stmt Each(Func<Expr, Expr, (Axis, Expr)[], Stmt> body) => Unroll("r", height, r =>
        {
            Stmt Lane(Expr j) => body(r, j, [.. at.SkipLast(1), (last.Axis, Linear.Simplify(last.Index + r)), (channel, Linear.Simplify(c + j))]);
            return width == 1 ? Lane(0) : Vector("j", width, Lane);
        });
        var taps = contraction.K.Reverse().Aggregate(
            Each((r, j, here) => sums.Set([r, j], machine.MultiplyAdd(contraction.A.Placed(here), weights[[.. contraction.K, Linear.Simplify(channel.Substitute(here))]], sums[[r, j]]))),
            (stmt, axis) => axis.Extent is Number { Integer: 1 } ? stmt.Map(e => e.Substitute((axis, 0))) : new Loop(LoopKind.Unroll, axis, stmt));
        return new Scratch(sums, Do(
            Each((r, j, _) => sums.Set([r, j], 0)),
            taps,
            Each((r, j, here) => contraction.Finished(sums[[r, j]], [.. here]))));
    }

    /// <summary>The stretch of an axis where no load can fall outside, and what is before and after it: only there are checks needed.</summary>
    private List<(long From, long To)> Segments(Axis axis)
    {
        bool Inside(long i) => contraction.A.Parts().OfType<Load>().Where(l => l.Outside is not null).All(load => load.At.Zip(load.Buffer.Shape).All(pair =>
            !pair.First.Mentions(axis) || pair.Second is Number n && Linear.Range(Linear.Simplify(pair.First.Substitute((axis, i)))) is var range && range.Low >= 0 && range.High < n.Integer));
        var extent = axis.Extent.Whole;
        var (first, end) = (0L, extent);
        while (first < extent && !Inside(first)) first++;
        while (end > first && !Inside(end - 1)) end--;
        long[] cuts = first >= end ? [0, extent] : [0, first, end, extent];
        return [.. cuts.Zip(cuts.Skip(1)).Where(piece => piece.Second > piece.First)];
    }

    private static Axis? Channel(Contraction c) => c.Batch.FirstOrDefault(axis => Linear.Of(c.Output.Buffer.Flat(c.Output.At))[axis] == 1);
}
