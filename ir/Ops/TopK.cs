namespace Lathe.Ir.Ops;

/// <summary>The k largest or smallest numbers along an axis, in order, and where they are. ONNX TopK, opset 24.</summary>
/// <param name="Axis">Counted from the end where negative.</param>
/// <param name="Largest">Whether the largest are wanted, else the smallest.</param>
/// <param name="Sorted">Whether their order matters; they are in order either way.</param>
/// <remarks>Operands: x; k, known when compiling. Of equal numbers the first comes first; NaN is the largest. Results: the numbers; their places, as i64.</remarks>
public sealed record TopK(long Axis = -1, bool Largest = true, bool Sorted = true) : StatementOp
{
    public override Seq<TensorType> Infer(Operands x)
    {
        x.Numeric(0);
        var (along, count) = (x.Axis(Axis), Count(x));
        x.Check(count <= x.Shape(0)[along], $"{count} numbers are wanted of the {x.Shape(0)[along]} along axis {along} of {x.Type(0)}");
        var shape = x.Shape(0).With(along, count);
        return [new(shape, x.Scalar(0)), new(shape, Scalar.I64)];
    }

    /// <summary>Most numbers that are kept in order while all are read once.</summary>
    private const long MostKept = 64;

    /// <summary>Most numbers that are compared with one another, which runs in lanes; more are sorted.</summary>
    private const long MostCompared = 512;

    public override Stmt Body(Operands x, Seq<Buffer> results) => (Count(x), x.Shape(0)[x.Axis(Axis)]) switch
    {
        (Number { Integer: <= MostKept and var count }, _) => Scattering.Over(x.Shape(0).With(x.Axis(Axis), 1), row => Kept(x, results, row, x.Axis(Axis), count)),
        (_, Number { Integer: <= MostCompared }) => Compared(x, results, x.Axis(Axis)),
        _ => Scattering.Over(x.Shape(0).With(x.Axis(Axis), 1), row => InOrder(x, results, row, x.Axis(Axis))),
    };

    private Stmt InOrder(Operands x, Seq<Buffer> results, Seq<Expr> row, int along) => Sorting.By(results[0].Name, x.Shape(0)[along],
        (a, b) => Before(x[0](row.With(along, a)), x[0](row.With(along, b))),
        place => Stmts.For("r", Count(x), rank => Put(results, row.With(along, rank), x[0](row.With(along, place(rank))), place(rank))));

    /// <summary>Each number counts those that come before it; that is its place if it is below k.</summary>
    private Stmt Compared(Operands x, Seq<Buffer> results, int along)
    {
        var rank = new Buffer("rank", Scalar.I64, [], Space.Registers);
        return Scattering.Over(x.Shape(0), at =>
        {
            var number = x[0](at);
            var before = Expr.Sum([x.Shape(0)[along]], k =>
            {
                var other = x[0](at.With(along, k[0]));
                return Expr.Select(Before(other, number) | (Expr.Not(Before(number, other)) & (k[0] < at[along])), (Expr)1, 0);
            });
            return new Scratch(rank, Stmts.Do(rank.Set([], before), Stmts.When(rank[[]] < Count(x), Put(results, at.With(along, rank[[]]), number, at[along]))));
        });
    }

    /// <summary>Reads all once: a number that comes before the last that is kept is put in its place, and those behind it move up.</summary>
    private Stmt Kept(Operands x, Seq<Buffer> results, Seq<Expr> row, int along, long count)
    {
        if (count == 0) return Stmts.Do();
        var place = new Buffer($"{results[0].Name}.place", Scalar.I64, [], Space.Registers);
        return Stmts.For("i", x.Shape(0)[along], i =>
        {
            var number = x[0](row.With(along, i));
            Seq<Expr> At(Expr rank) => row.With(along, rank);
            Expr Comes(Expr rank) => Before(number, results[0][At(rank)].As(number.Type));
            var found = Expr.Sum([count], k => Expr.Select((k[0] < i) & Expr.Not(Comes(k[0])), (Expr)1, 0));
            Stmt Move(Expr to) => Stmts.When((place[[]] < to) & (to <= i), Stmts.Do(results.Select(r => r.Set(At(to), r[At(to - 1)]))));
            return Stmts.When((i < count) | Comes(count - 1), new Scratch(place, Stmts.Do(place.Set([], found), count > 1 ? Stmts.For("m", count - 1, m => Move(count - 1 - m)) : Stmts.Do(), Put(results, At(place[[]]), number, i))));
        });
    }

    private static Stmt Put(Seq<Buffer> results, Seq<Expr> at, Expr number, Expr place) => Stmts.Do(results[0].Set(at, number.As(results[0].Scalar)), results[1].Set(at, place));

    private Expr Before(Expr a, Expr b)
    {
        if (!Largest) (a, b) = (b, a);
        return a.Type.IsReal ? b < a | (Call.Of(Function.IsNan, a) & Expr.Not(Call.Of(Function.IsNan, b))) : b < a;
    }

    private Expr Count(Operands x) => x.MustKnow(1, "k", 0, x.Shape(0)[x.Axis(Axis)]) is [var count] ? count : throw new TypeException($"k must be one number, it is {x.Type(1)}");

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(3, 9), Operand.Wholes(4)),
        new(this with { Axis = 0, Largest = false }, Operand.Of(Scalar.I32, 7, 2), Operand.Wholes(3)),
        new(this, Operand.Of(Scalar.U8, 12) with { High = 3 }, Operand.Wholes(12)),
        new(this, Operand.F32(2, 5), Operand.Wholes(0)),
        new(this with { Axis = 0 }, Operand.Of(Scalar.I16, 101, 2) with { High = 9 }, Operand.Wholes(70)), // more than are kept in order
        new(this with { Largest = false }, Operand.F32(2, 600), Operand.Wholes(80)), // more than are compared: sorted
    ];
}
