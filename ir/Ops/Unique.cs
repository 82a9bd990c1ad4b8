namespace Lathe.Ir.Ops;

/// <summary>The slices of a tensor along an axis that differ, each once. ONNX Unique, opset 11.</summary>
/// <param name="Axis">Counted from the end where negative; the numbers in row-major order where there is none.</param>
/// <param name="Sorted">Whether they come in order of size, first numbers first; else in the order in which they are first met.</param>
/// <remarks>
/// Operand: x. Results, all but the third with room for as many slices as x has: the slices; where each is met first; for each slice of x the place of
/// its like; how often each is met; how many there are. NaN is like no number, itself included.
/// </remarks>
public sealed record Unique(long? Axis = null, bool Sorted = true) : StatementOp
{
    public override Seq<(int Result, int Axis, int Count)> Sized(Operands x) => [(0, Along(x), 4), (1, 0, 4), (3, 0, 4)];

    /// <summary>Along which axis of the result slices are found; of a flat result along its only one.</summary>
    private int Along(Operands x) => Axis is { } axis ? x.Axis(axis) : 0;

    public override Seq<TensorType> Infer(Operands x)
    {
        var count = new TensorType([Count(x)], Scalar.I64);
        return [new(Axis is null ? [Count(x)] : x.Shape(0), x.Scalar(0)), count, count, count, new([1], Scalar.I64)];
    }

    private Expr Count(Operands x) => Axis is null ? x.Type(0).Size : x.Shape(0)[Along(x)];

    /// <summary>The axes of a slice, the unique one an extent of 1.</summary>
    private Seq<Expr> Slice(Operands x) => Axis is null ? [] : x.Shape(0).With(Along(x), 1);

    private Expr Read(Operands x, Expr slice, Seq<Expr> at) => x[0](Axis is null ? Indexing.Split(x.Shape(0), slice) : at.With(Along(x), slice));

    public override Stmt Body(Operands x, Seq<Buffer> results)
    {
        var extent = Count(x);
        Buffer Numbers(string name) => new($"{results[0].Name}.{name}", Scalar.I64, [extent], Space.Arena);
        Buffer One(string name) => new($"{results[0].Name}.{name}", Scalar.I64, [], Space.Registers);
        var (first, rank, order, place) = (Numbers("first"), Numbers("rank"), One("order"), One("place"));
        // The first slice like each; then for each that is the first of its like, how many such come before it.
        Stmt Compared(Expr i, Expr j, Func<Expr, Stmt> then) => new Scratch(order, Stmts.Do(order.Set([], 0), Scattering.Over(Slice(x), at =>
        {
            var (a, b) = (Read(x, i, at), Read(x, j, at));
            if (a.Type == Scalar.Bool) (a, b) = (a.As(Scalar.I64), b.As(Scalar.I64));
            return Stmts.When(Expr.Same(order[[]], 0), order.Set([], Expr.Select(a < b, (Expr)(-1), Expr.Select(Expr.Same(a, b), (Expr)0, 1))));
        }), then(order[[]])));
        var firsts = Stmts.For("i", extent, i => Stmts.Do(first.Set([i], i), Stmts.For("j", extent, j =>
            Stmts.When((j < i) & Expr.Same(first[[i]], i), Compared(i, j, differ => Stmts.When(Expr.Same(differ, 0), first.Set([i], first[[j]])))))));
        var ranks = Stmts.For("i", extent, i => Stmts.Do(rank.Set([i], 0), Stmts.When(Expr.Same(first[[i]], i), Stmts.For("j", extent, j =>
            Stmts.When(Expr.Same(first[[j]], j), Sorted
                ? Compared(j, i, differ => Stmts.When((differ < 0) | (Expr.Same(differ, 1) & (j < i) & Expr.Not(Comparable(x, i))), rank.Set([i], rank[[i]] + 1)))
                : Stmts.When(j < i, rank.Set([i], rank[[i]] + 1)))))));
        var stored = Stmts.For("i", extent, i => new Scratch(place, Stmts.Do(
            place.Set([], rank[[first[[i]]]]),
            results[2].Set([i], place[[]]),
            results[3].Set([place[[]]], results[3][[place[[]]]] + 1),
            Stmts.When(Expr.Same(first[[i]], i), Stmts.Do(
                Scattering.Over(Slice(x), at => results[0].Set(Axis is null ? [place[[]]] : at.With(Along(x), place[[]]), Read(x, i, at).As(results[0].Scalar))),
                results[1].Set([place[[]]], i))))));
        return Stmts.Do(
            Stmts.Do(new[] { 0, 1, 2, 3 }.Select(i => Found.Zeros(results[i]))),
            new Scratch(first, new Scratch(rank, Stmts.Do(firsts, ranks, stored,
                results[4].Set([0], Expr.Sum([extent], k => Expr.Select(Expr.Same(first[[k[0]]], k[0]), (Expr)1, 0)))))));
    }

    /// <summary>Whether a slice has no NaN among its first numbers, so that sizes tell it from others.</summary>
    private Expr Comparable(Operands x, Expr slice) => x.Scalar(0).IsReal ? Expr.Not(Call.Of(Function.IsNan, Read(x, slice, [.. Slice(x).Select(_ => (Expr)0)]))) : true;

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.Of(Scalar.I32, 9) with { Low = 0, High = 3 }),
        new(this with { Sorted = false }, Operand.Of(Scalar.I64, 3, 4) with { Low = 0, High = 4 }),
        new(this with { Axis = 1 }, Operand.Of(Scalar.I32, 2, 6) with { Low = 0, High = 1 }),
        new(this with { Axis = 0 }, Operand.Of(Scalar.I8, 5, 2, 2) with { Low = 0, High = 1 }),
    ];
}
