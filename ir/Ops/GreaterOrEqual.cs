namespace Lathe.Ir.Ops;

/// <summary>Whether a is not below b, broadcast to a common shape. ONNX GreaterOrEqual, opset 16.</summary>
public sealed record GreaterOrEqual : Comparison
{
    protected override Expr Of(Expr a, Expr b) => a >= b;
}
