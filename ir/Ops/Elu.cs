namespace Lathe.Ir.Ops;

/// <summary>x, or alpha·(exp(x) - 1) below 0, number by number. ONNX Elu, opset 22.</summary>
/// <param name="Alpha">What large negative numbers approach, negated.</param>
public sealed record Elu(float Alpha = 1) : Unary
{
    protected override Expr Of(Expr x) => Expr.Select(x < 0, (Expr.Exp(x) - 1.0) * Alpha, x);

    public override IEnumerable<Example> Examples() => [.. base.Examples(), .. (this with { Alpha = 2 }).Between(-2, 2)];
}
