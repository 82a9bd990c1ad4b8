namespace Lathe.Ir.Ops;

/// <summary>The hyperbolic tangent, number by number. ONNX Tanh, opset 13.</summary>
public sealed record Tanh : Unary
{
    protected override Expr Of(Expr x) => Expr.Tanh(x);

    public override IEnumerable<Example> Examples() => Between(-5, 5);
}
