namespace Lathe.Ir.Ops;

/// <summary>gamma·x, or gamma·alpha·(exp(x) - 1) below 0, number by number. ONNX Selu, opset 22.</summary>
/// <param name="Alpha">What large negative numbers approach, negated, before gamma.</param>
/// <param name="Gamma">Slope above 0.</param>
public sealed record Selu(float Alpha = 1.67326319217681884765625f, float Gamma = 1.05070102214813232421875f) : Unary
{
    protected override Expr Of(Expr x) => Expr.Select(x <= 0, Expr.Exp(x) * Alpha - Alpha, x) * Gamma;

    public override IEnumerable<Example> Examples() => [.. base.Examples(), .. (this with { Alpha = 2, Gamma = 3 }).Between(-2, 2)];
}
