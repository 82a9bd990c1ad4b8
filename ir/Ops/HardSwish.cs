namespace Lathe.Ir.Ops;

/// <summary>x times x / 6 + 1/2 held between 0 and 1, number by number. ONNX HardSwish, opset 22.</summary>
public sealed record HardSwish : Unary
{
    protected override Expr Of(Expr x) => x * Expr.Clamp(x * (1.0 / 6) + 0.5, 0, 1);

    public override IEnumerable<Example> Examples() => Between(-5, 5);
}
