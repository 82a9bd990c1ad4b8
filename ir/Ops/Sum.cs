namespace Lathe.Ir.Ops;

/// <summary>The sum of the operands, broadcast to a common shape. ONNX Sum, opset 13.</summary>
public sealed record Sum : Variadic
{
    protected override Expr Of(Expr sofar, Expr next) => sofar + next;
}
