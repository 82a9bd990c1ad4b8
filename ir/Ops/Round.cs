namespace Lathe.Ir.Ops;

/// <summary>The nearest whole number, halves to the even one, number by number. ONNX Round, opset 22.</summary>
public sealed record Round : Unary
{
    protected override Expr Of(Expr x) => Expr.Round(x);

    public override IEnumerable<Example> Examples() => [.. Between(-4, 4), new(this, Operand.Constant(Scalar.F32, [7], 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 8388609))];
}
