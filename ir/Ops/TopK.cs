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

    /// <summary>Each number counts those that come before it; that is its place if it is below k.</summary>
    public override Stmt Body(Operands x, Seq<Buffer> results)
    {
        var along = x.Axis(Axis);
        var rank = new Buffer("rank", Scalar.I64, [], Space.Registers);
        return Scattering.Over(x.Shape(0), at =>
        {
            var number = x[0](at);
            var before = Expr.Sum([x.Shape(0)[along]], k =>
            {
                var other = x[0](at.With(along, k[0]));
                return Expr.Select(Before(other, number) | (Expr.Not(Before(number, other)) & (k[0] < at[along])), (Expr)1, 0);
            });
            var place = at.With(along, rank[[]]);
            return new Scratch(rank, Stmts.Do(rank.Set([], before), Stmts.When(rank[[]] < Count(x), Stmts.Do(
                results[0].Set(place, number.As(results[0].Scalar)), results[1].Set(place, at[along])))));
        });
    }

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
    ];
}
