namespace Lathe.Ir.Ops;

/// <summary>x·tanh(log(1 + exp(x))), number by number. ONNX Mish, opset 22.</summary>
public sealed record Mish : Unary
{
    protected override Expr Of(Expr x) => x * Expr.Tanh(Expr.Max(x, 0) + Expr.Log(1.0 + Expr.Exp(-Expr.Abs(x))));

    public override IEnumerable<Example> Examples() => Between(-6, 6);
}
