namespace Lathe.Ir.Ops;

/// <summary>The angle in radians whose sine is x, number by number. ONNX Asin, opset 22.</summary>
public sealed record Asin : Unary
{
    protected override Expr Of(Expr x) => Call.Of(Function.Asin, x);

    public override IEnumerable<Example> Examples() => Between(-1, 1);
}
