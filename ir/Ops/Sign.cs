namespace Lathe.Ir.Ops;

/// <summary>-1, 0 or 1 as x is below, at or above 0, number by number. ONNX Sign, opset 13.</summary>
public sealed record Sign : Unary
{
    protected override TensorType InferOne(Operands x) => x.Numeric(0).Elementwise;

    protected override Expr Of(Expr x) => Call.Of(Function.Sign, x);

    public override IEnumerable<Example> Examples() => [.. base.Examples(), new(this, Operand.Constant(Scalar.F32, [3], 0, 3, -2)), new(this, Operand.Of(Scalar.I8, 7)), new(this, Operand.Of(Scalar.U8, 5))];
}
