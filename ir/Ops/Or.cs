namespace Lathe.Ir.Ops;

/// <summary>Whether one of the two holds, or both, broadcast to a common shape. ONNX Or, opset 7.</summary>
public sealed record Or : Logical
{
    protected override Expr Of(Expr a, Expr b) => a | b;
}
