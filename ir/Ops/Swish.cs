namespace Lathe.Ir.Ops;

/// <summary>x / (1 + exp(-alpha·x)), number by number; with alpha 1 also called SiLU. ONNX Swish, opset 24.</summary>
/// <param name="Alpha">Steepness.</param>
public sealed record Swish(float Alpha = 1) : Unary
{
    protected override Expr Of(Expr x) => x / (1.0 + Expr.Exp(-(x * Alpha)));

    public override IEnumerable<Example> Examples() => [.. Between(-6, 6), .. (this with { Alpha = 1.7f }).Between(-4, 4)];
}
