namespace Lathe.Ir.Ops;

/// <summary>The numbers of the first operand in the kind of the second. ONNX CastLike, opset 25.</summary>
/// <param name="Saturate">As of <see cref="Cast"/>.</param>
/// <param name="RoundMode">As of <see cref="Cast"/>.</param>
public sealed record CastLike(bool Saturate = true, string RoundMode = "up") : FormulaOp
{
    public override Seq<TensorType> Infer(Operands x) => new Cast(x.Scalar(1), Saturate, RoundMode).Infer(x);

    public override Expr At(Operands x, Seq<Expr> at, int result) => Conversion.Of(x[0](at), x.Scalar(1), Saturate, RoundMode);

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(5), Operand.Of(Scalar.I32, 1)), new(this, Operand.Of(Scalar.I64, 5), Operand.Of(Scalar.F16, 1))];
}
