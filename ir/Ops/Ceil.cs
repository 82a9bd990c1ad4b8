namespace Lathe.Ir.Ops;

/// <summary>The smallest whole number not below x, number by number. ONNX Ceil, opset 13.</summary>
public sealed record Ceil : Unary
{
    protected override Expr Of(Expr x) => Call.Of(Function.Ceil, x);

    public override IEnumerable<Example> Examples() => Between(-4, 4);
}
