namespace Lathe.Ir.Ops;

/// <summary>e to the power x, number by number. ONNX Exp, opset 13.</summary>
public sealed record Exp : Unary
{
    protected override Expr Of(Expr x) => Expr.Exp(x);

    public override IEnumerable<Example> Examples() => Between(-5, 5);
}
