namespace Lathe.Ir.Ops;

/// <summary>Whether a is not above b, broadcast to a common shape. ONNX LessOrEqual, opset 16.</summary>
public sealed record LessOrEqual : Comparison
{
    protected override Expr Of(Expr a, Expr b) => a <= b;
}
