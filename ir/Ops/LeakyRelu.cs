namespace Lathe.Ir.Ops;

/// <summary>x, or alpha times x below 0, number by number. ONNX LeakyRelu, opset 16.</summary>
/// <param name="Alpha">Slope below 0.</param>
public sealed record LeakyRelu(float Alpha = 0.01f) : Unary
{
    protected override Expr Of(Expr x) => Expr.Select(x < 0, x * Alpha, x);

    public override IEnumerable<Example> Examples() => [.. base.Examples(), .. (this with { Alpha = 0.3f }).Between(-2, 2)];
}
