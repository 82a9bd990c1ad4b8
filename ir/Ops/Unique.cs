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

    /// <summary>Slices are sorted, which brings like ones together, the first met of them first; then each is looked at once.</summary>
    public override Stmt Body(Operands x, Seq<Buffer> results)
    {
        var extent = Count(x);
        Buffer Numbers(string name) => new($"{results[0].Name}.{name}", Scalar.I64, [extent], Space.Arena);
        var last = new Buffer($"{results[0].Name}.last", Scalar.I64, [], Space.Registers);
        Stmt Store(Expr place, Expr slice) => Scattering.Over(Slice(x), at => results[0].Set(Axis is null ? [place] : at.With(Along(x), place), Read(x, slice, at).As(results[0].Scalar)));
        Stmt Next(Stmt then) => Stmts.Do(last.Set([], last[[]] + 1), then);
        Stmt Counted(Stmt steps) => new Scratch(last, Stmts.Do(last.Set([], -1), steps, results[4].Set([0], last[[]] + 1)));

        // Groups in order of size: which each slice is in, the first of each, how many it has.
        Stmt Group(Func<Expr, Expr> order, Buffer group, Buffer first, Buffer count, Stmt begun) => Stmts.For("r", extent, r => Stmts.Do(
            Stmts.When(Expr.Same(r, 0) | Expr.Not(Alike(x, order(Expr.Max(r - 1, 0)), order(r))), Next(Stmts.Do(first.Set([last[[]]], order(r)), begun))),
            group.Set([order(r)], last[[]]),
            count.Set([last[[]]], count[last[[]]] + 1)));

        Stmt Met(Func<Expr, Expr> order)
        {
            var (group, first, count, place) = (Numbers("group"), Numbers("first"), Numbers("count"), Numbers("place"));
            return new Scratch(group, new Scratch(first, new Scratch(count, new Scratch(place, Stmts.Do(Found.Zeros(count),
                Counted(Group(order, group, first, count, Stmts.Do())),
                Counted(Stmts.For("i", extent, i => Stmts.Do(
                    Stmts.When(Expr.Same(first[group[i]], i), Next(Stmts.Do(place.Set([group[i]], last[[]]), Store(last[[]], i), results[1].Set([last[[]]], i), results[3].Set([last[[]]], count[group[i]])))),
                    results[2].Set([i], place[group[i]])))))))));
        }

        return Stmts.Do(
            Stmts.Do(new[] { 0, 1, 2, 3 }.Select(i => Found.Zeros(results[i]))),
            Sorting.By(results[0].Name, extent, (a, b) => Before(x, a, b), order => Sorted
                ? Counted(Group(order, results[2], results[1], results[3], Store(last[[]], results[1][last[[]]])))
                : Met(order)));
    }

    /// <summary>Whether the first numbers in which two slices differ are in order; NaN comes behind all numbers.</summary>
    private Expr Before(Operands x, Expr a, Expr b)
    {
        if (Slice(x) is var shape && shape.All(extent => extent is Number { Integer: 1 })) return Less(At(a, 0), At(b, 0));
        var size = shape.Aggregate((Expr)1, (all, extent) => all * extent);
        var differ = Expr.Reduce(ReduceKind.Min, [size], k => Expr.Select(Less(At(a, k[0]), At(b, k[0])) | Less(At(b, k[0]), At(a, k[0])), k[0], size));
        var place = Linear.Simplify(Expr.Clamp(differ, 0, size - 1));
        return Less(At(a, place), At(b, place));

        Expr At(Expr slice, Expr place)
        {
            var at = Indexing.Split(Slice(x), place);
            // A slice may hold nothing: then none comes before another.
            var number = Linear.Range(Linear.Simplify(Slice(x).Aggregate((Expr)1, (all, extent) => all * extent))).Low > 0 ? Read(x, slice, at) : x[0](at.With(Along(x), slice), 0);
            return number.Type == Scalar.Bool ? number.As(Scalar.I64) : number;
        }
    }

    private static Expr Less(Expr a, Expr b) => a.Type.IsReal ? a < b | (Call.Of(Function.IsNan, b) & Expr.Not(Call.Of(Function.IsNan, a))) : a < b;

    /// <summary>Whether two slices hold the same numbers.</summary>
    private Expr Alike(Operands x, Expr a, Expr b)
    {
        Expr Differs(Seq<Expr> at) => Expr.Select(Expr.Same(Read(x, a, at), Read(x, b, at)), (Expr)0, 1);
        return Expr.Same(Slice(x) is [] ? Differs([]) : Expr.Reduce(ReduceKind.Max, Slice(x), Differs), 0);
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.Of(Scalar.I32, 9) with { Low = 0, High = 3 }),
        new(this with { Sorted = false }, Operand.Of(Scalar.I64, 3, 4) with { Low = 0, High = 4 }),
        new(this with { Axis = 1 }, Operand.Of(Scalar.I32, 2, 6) with { Low = 0, High = 1 }),
        new(this with { Axis = 0 }, Operand.Of(Scalar.I8, 5, 2, 2) with { Low = 0, High = 1 }),
        new(this with { Axis = 1, Sorted = false }, Operand.Of(Scalar.Bool, 2, 7)),
        new(this with { Sorted = false }, Operand.Of(Scalar.F32, 0)),
    ];
}
