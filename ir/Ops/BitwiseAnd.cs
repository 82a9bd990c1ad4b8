namespace Lathe.Ir.Ops;

/// <summary>The bits that both have, broadcast to a common shape. ONNX BitwiseAnd, opset 18.</summary>
public sealed record BitwiseAnd : Bitwise
{
    protected override Expr Of(Expr a, Expr b) => a & b;
}
