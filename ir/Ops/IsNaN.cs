namespace Lathe.Ir.Ops;

/// <summary>Whether a number is NaN. ONNX IsNaN, opset 20.</summary>
public sealed record IsNaN : Unary
{
    protected override TensorType InferOne(Operands x) => new(x.Real(0).Shape, Scalar.Bool);

    protected override Expr Of(Expr x) => Call.Of(Function.IsNan, x);

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(5)), new(this, Operand.Constant(Scalar.F32, [3], double.NaN, 0, double.PositiveInfinity)), new(this, Operand.Constant(Scalar.F16, [2], double.NaN, 1))];
}
