namespace Lathe.Ir.Ops;

/// <summary>1 / x, number by number. ONNX Reciprocal, opset 13.</summary>
public sealed record Reciprocal : Unary
{
    protected override Expr Of(Expr x) => 1.0 / x;

    public override IEnumerable<Example> Examples() => Between(0.3, 4);
}
