namespace Lathe.Ir.Ops;

/// <summary>The mean of the operands, broadcast to a common shape. ONNX Mean, opset 13.</summary>
public sealed record Mean : Variadic
{
    protected override Expr Of(Expr sofar, Expr next) => sofar + next;

    protected override Expr Finish(Expr all, int count) => count == 1 ? all : all / (double)count;
}
