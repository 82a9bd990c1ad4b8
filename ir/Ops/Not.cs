namespace Lathe.Ir.Ops;

/// <summary>Whether x does not hold, truth value by truth value. ONNX Not, opset 1.</summary>
public sealed record Not : Unary
{
    protected override TensorType InferOne(Operands x) => x.Bool(0).Elementwise;

    protected override Expr Of(Expr x) => Expr.Not(x);

    public override IEnumerable<Example> Examples() => [new(this, Operand.Of(Scalar.Bool, 3, 5))];
}
