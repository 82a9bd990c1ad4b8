namespace Lathe.Ir.Ops;

/// <summary>The cosine of an angle in radians, number by number. ONNX Cos, opset 22.</summary>
public sealed record Cos : Unary
{
    protected override Expr Of(Expr x) => Call.Of(Function.Cos, x);

    public override IEnumerable<Example> Examples() => Between(-9, 9);
}
