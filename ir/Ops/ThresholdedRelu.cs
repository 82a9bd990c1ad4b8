namespace Lathe.Ir.Ops;

/// <summary>x above alpha, else 0, number by number. ONNX ThresholdedRelu, opset 22.</summary>
/// <param name="Alpha">The threshold.</param>
public sealed record ThresholdedRelu(float Alpha = 1) : Unary
{
    protected override Expr Of(Expr x) => Expr.Select(x > Alpha, x, 0);

    public override IEnumerable<Example> Examples() => [.. base.Examples(), .. (this with { Alpha = -0.5f }).Between(-2, 2)];
}
