namespace Lathe.Ir.Ops;

/// <summary>The inverse of the hyperbolic sine, number by number. ONNX Asinh, opset 22.</summary>
public sealed record Asinh : Unary
{
    protected override Expr Of(Expr x) => Call.Of(Function.Asinh, x);

    public override IEnumerable<Example> Examples() => Between(-9, 9);
}
