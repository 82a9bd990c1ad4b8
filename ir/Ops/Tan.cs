namespace Lathe.Ir.Ops;

/// <summary>The tangent of an angle in radians, number by number. ONNX Tan, opset 22.</summary>
public sealed record Tan : Unary
{
    protected override Expr Of(Expr x) => Call.Of(Function.Tan, x);

    public override IEnumerable<Example> Examples() => Between(-1.4, 1.4);
}
