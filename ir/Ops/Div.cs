namespace Lathe.Ir.Ops;

/// <summary>a / b with broadcasting; whole numbers are rounded toward zero. ONNX Div, opset 14.</summary>
public sealed record Div : Pairwise
{
    protected override Expr Of(Expr a, Expr b) => a.Type.IsReal ? a / b : WholeDivision.Quotient(a, b);

    public override IEnumerable<Example> Examples() => [.. Between(0.3, 3), .. Wholes(1, 4), new(this, Operand.Of(Scalar.I32, 9), Operand.Constant(Scalar.I32, [], -4))];
}
