namespace Lathe.Ir.Ops;

/// <summary>The sine of an angle in radians, number by number. ONNX Sin, opset 22.</summary>
public sealed record Sin : Unary
{
    protected override Expr Of(Expr x) => Call.Of(Function.Sin, x);

    public override IEnumerable<Example> Examples() => Between(-9, 9);
}
