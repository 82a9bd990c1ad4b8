namespace Lathe.Ir.Ops;

/// <summary>The inverse of the hyperbolic tangent, number by number. ONNX Atanh, opset 22.</summary>
public sealed record Atanh : Unary
{
    protected override Expr Of(Expr x) => Call.Of(Function.Atanh, x);

    public override IEnumerable<Example> Examples() => Between(-0.95, 0.95);
}
