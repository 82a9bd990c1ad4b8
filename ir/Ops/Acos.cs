namespace Lathe.Ir.Ops;

/// <summary>The angle in radians whose cosine is x, number by number. ONNX Acos, opset 22.</summary>
public sealed record Acos : Unary
{
    protected override Expr Of(Expr x) => Call.Of(Function.Acos, x);

    public override IEnumerable<Example> Examples() => Between(-1, 1);
}
