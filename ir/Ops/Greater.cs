namespace Lathe.Ir.Ops;

/// <summary>Whether a is above b, broadcast to a common shape. ONNX Greater, opset 13.</summary>
public sealed record Greater : Comparison
{
    protected override Expr Of(Expr a, Expr b) => a > b;
}
