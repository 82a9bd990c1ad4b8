namespace Lathe.Ir.Ops;

/// <summary>The angle in radians whose tangent is x, number by number. ONNX Atan, opset 22.</summary>
public sealed record Atan : Unary
{
    protected override Expr Of(Expr x) => Call.Of(Function.Atan, x);

    public override IEnumerable<Example> Examples() => Between(-9, 9);
}
