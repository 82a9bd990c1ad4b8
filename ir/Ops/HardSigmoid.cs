namespace Lathe.Ir.Ops;

/// <summary>alpha·x + beta held between 0 and 1, number by number. ONNX HardSigmoid, opset 22.</summary>
/// <param name="Alpha">Slope between the ends.</param>
/// <param name="Beta">Value at 0.</param>
public sealed record HardSigmoid(float Alpha = 0.2f, float Beta = 0.5f) : Unary
{
    protected override Expr Of(Expr x) => Expr.Clamp(x * Alpha + Beta, 0, 1);

    public override IEnumerable<Example> Examples() => [.. Between(-4, 4), .. (this with { Alpha = 0.5f, Beta = 0.6f }).Between(-4, 4)];
}
