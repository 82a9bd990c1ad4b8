namespace Lathe.Ir.Ops;

/// <summary>x, or alpha·(exp(x / alpha) - 1) below 0: smooth at 0 for every alpha. ONNX Celu, opset 12.</summary>
/// <param name="Alpha">What large negative numbers approach, negated; not 0.</param>
public sealed record Celu(float Alpha = 1) : Unary
{
    protected override Expr Of(Expr x) => Expr.Max(x, 0) + Expr.Min((Expr.Exp(x / Alpha) - 1.0) * Alpha, 0);

    public override IEnumerable<Example> Examples() => [.. base.Examples(), .. (this with { Alpha = 2 }).Between(-2, 2)];
}
