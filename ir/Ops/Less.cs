namespace Lathe.Ir.Ops;

/// <summary>Whether a is below b, broadcast to a common shape. ONNX Less, opset 13.</summary>
public sealed record Less : Comparison
{
    protected override Expr Of(Expr a, Expr b) => a < b;
}
