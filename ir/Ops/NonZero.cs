namespace Lathe.Ir.Ops;

/// <summary>The indices of all elements that are not zero, in row-major order. ONNX NonZero, opset 13.</summary>
/// <remarks>Operand: x. Results: a row of indices for each axis, with room for all elements; how many there are.</remarks>
public sealed record NonZero : StatementOp
{
    public override Seq<(int Result, int Axis, int Count)> Sized(Operands x) => [(0, 1, 1)];

    public override Seq<TensorType> Infer(Operands x) => [new([x.Type(0).Rank, x.Type(0).Size], Scalar.I64), new([1], Scalar.I64)];

    public override Stmt Body(Operands x, Seq<Buffer> results) => Found.Counted(results, (found, count) => Scattering.Over(x.Shape(0), at =>
        Stmts.When(x[0](at) is var number && number.Type == Scalar.Bool ? number : Expr.Not(Expr.Same(number, Number.Of(number.Type, 0L))), Stmts.Do(
            Stmts.Do(at.Select((index, axis) => results[0].Set([axis, found], index))), count))));

    public override IEnumerable<Example> Examples() => [new(this, Operand.Of(Scalar.I32, 3, 4) with { Low = -1, High = 1 }), new(this, Operand.Of(Scalar.Bool, 7)), new(this, Operand.F32(2, 2, 3))];
}
