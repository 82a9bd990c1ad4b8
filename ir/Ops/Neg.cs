namespace Lathe.Ir.Ops;

/// <summary>-x, number by number; whole numbers wrap around. ONNX Neg, opset 13.</summary>
public sealed record Neg : Unary
{
    protected override TensorType InferOne(Operands x) => x.Numeric(0).Elementwise;

    protected override Expr Of(Expr x) => -x;

    public override IEnumerable<Example> Examples() => [.. base.Examples(), new(this, Operand.Of(Scalar.I8, 7)), new(this, Operand.Of(Scalar.I64, 5))];
}
