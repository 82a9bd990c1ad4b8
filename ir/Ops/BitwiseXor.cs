namespace Lathe.Ir.Ops;

/// <summary>The bits that exactly one of the two has, broadcast to a common shape. ONNX BitwiseXor, opset 18.</summary>
public sealed record BitwiseXor : Bitwise
{
    protected override Expr Of(Expr a, Expr b) => a ^ b;
}
