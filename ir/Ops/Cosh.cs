namespace Lathe.Ir.Ops;

/// <summary>The hyperbolic cosine, number by number. ONNX Cosh, opset 22.</summary>
public sealed record Cosh : Unary
{
    protected override Expr Of(Expr x) => Call.Of(Function.Cosh, x);

    public override IEnumerable<Example> Examples() => Between(-4, 4);
}
