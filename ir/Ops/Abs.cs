namespace Lathe.Ir.Ops;

/// <summary>The distance from 0, number by number; the least whole number stays as it is. ONNX Abs, opset 13.</summary>
public sealed record Abs : Unary
{
    protected override TensorType InferOne(Operands x) => x.Numeric(0).Elementwise;

    protected override Expr Of(Expr x) => x.Type.IsSigned ? Expr.Abs(x) : x;

    public override IEnumerable<Example> Examples() => [.. base.Examples(), new(this, Operand.Of(Scalar.I8, 7)), new(this, Operand.Of(Scalar.U16, 5)), new(this, Operand.Of(Scalar.I64, 5))];
}
