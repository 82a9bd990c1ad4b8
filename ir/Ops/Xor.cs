namespace Lathe.Ir.Ops;

/// <summary>Whether exactly one of the two holds, broadcast to a common shape. ONNX Xor, opset 7.</summary>
public sealed record Xor : Logical
{
    protected override Expr Of(Expr a, Expr b) => a ^ b;
}
