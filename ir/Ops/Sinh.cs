namespace Lathe.Ir.Ops;

/// <summary>The hyperbolic sine, number by number. ONNX Sinh, opset 22.</summary>
public sealed record Sinh : Unary
{
    protected override Expr Of(Expr x) => Call.Of(Function.Sinh, x);

    public override IEnumerable<Example> Examples() => Between(-4, 4);
}
