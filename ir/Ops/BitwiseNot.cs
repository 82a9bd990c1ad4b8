namespace Lathe.Ir.Ops;

/// <summary>The other bits, number by number. ONNX BitwiseNot, opset 18.</summary>
public sealed record BitwiseNot : Unary
{
    protected override TensorType InferOne(Operands x) => x.Whole(0).Elementwise;

    protected override Expr Of(Expr x) => Expr.Not(x);

    public override IEnumerable<Example> Examples() => [new(this, Operand.Of(Scalar.I8, 3, 5)), new(this, Operand.Of(Scalar.U16, 5)), new(this, Operand.Of(Scalar.I64, 5))];
}
