namespace Lathe.Ir.Ops;

/// <summary>The inverse of the hyperbolic cosine; NaN below 1, number by number. ONNX Acosh, opset 22.</summary>
public sealed record Acosh : Unary
{
    protected override Expr Of(Expr x) => Call.Of(Function.Acosh, x);

    public override IEnumerable<Example> Examples() => Between(1, 9);
}
