namespace Lathe.Ir.Ops;

/// <summary>The square root; NaN below 0, number by number. ONNX Sqrt, opset 13.</summary>
public sealed record Sqrt : Unary
{
    protected override Expr Of(Expr x) => Expr.Sqrt(x);

    public override IEnumerable<Example> Examples() => Between(0, 9);
}
