namespace Lathe.Ir.Ops;

/// <summary>1 / (1 + exp(-x)), number by number. ONNX Sigmoid, opset 13.</summary>
public sealed record Sigmoid : Unary
{
    protected override Expr Of(Expr x) => 1.0 / (1.0 + Expr.Exp(-x));

    public override IEnumerable<Example> Examples() => Between(-6, 6);
}
