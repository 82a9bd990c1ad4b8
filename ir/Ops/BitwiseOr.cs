namespace Lathe.Ir.Ops;

/// <summary>The bits that one of the two has, or both, broadcast to a common shape. ONNX BitwiseOr, opset 18.</summary>
public sealed record BitwiseOr : Bitwise
{
    protected override Expr Of(Expr a, Expr b) => a | b;
}
