namespace Lathe.Ir.Ops;

/// <summary>The slices of a tensor along an axis that a row of truth values picks. ONNX Compress, opset 11.</summary>
/// <param name="Axis">Counted from the end where negative; the numbers in row-major order where there is none.</param>
/// <remarks>Operands: x; the truth values, which may be fewer than slices. Results: the slices, with room for all; how many there are.</remarks>
public sealed record Compress(long? Axis = null) : StatementOp
{
    public override Seq<(int Result, int Axis, int Count)> Sized(Operands x) => [(0, Along(x), 1)];

    /// <summary>Along which axis of the result slices are found; of a flat result along its only one.</summary>
    private int Along(Operands x) => Axis is { } axis ? x.Axis(axis) : 0;

    public override Seq<TensorType> Infer(Operands x)
    {
        Require(x.Bool(1).Rank == 1, $"what picks slices must be one row, it is {x.Type(1)}");
        return [new(Axis is null ? [Room(x)] : x.Shape(0).With(Along(x), Room(x)), x.Scalar(0)), new([1], Scalar.I64)];
    }

    public override Stmt Body(Operands x, Seq<Buffer> results) => Found.Counted(results, (found, count) => Stmts.For("k", Room(x), k => Stmts.When(x[1]([k]), Stmts.Do(
        Axis is null ? results[0].Set([found], x[0](Indexing.Split(x.Shape(0), k)).As(results[0].Scalar))
            : Scattering.Over(x.Shape(0).With(Along(x), 1), at => results[0].Set(at.With(Along(x), found), x[0](at.With(Along(x), k)).As(results[0].Scalar))),
        count))));

    private Expr Room(Operands x) => Linear.Simplify(Expr.Min(x.Shape(1)[0], Axis is null ? x.Type(0).Size : x.Shape(0)[Along(x)]));

    public override IEnumerable<Example> Examples() =>
        [new(this, Operand.F32(3, 2), Operand.Of(Scalar.Bool, 5)), new(this with { Axis = 1 }, Operand.F32(2, 4, 3), Operand.Of(Scalar.Bool, 4)), new(this with { Axis = -1 }, Operand.Of(Scalar.I8, 2, 3), Operand.Of(Scalar.Bool, 2))];
}
