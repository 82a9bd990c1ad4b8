namespace Lathe.Ir.Ops;

/// <summary>Whether both hold, broadcast to a common shape. ONNX And, opset 7.</summary>
public sealed record And : Logical
{
    protected override Expr Of(Expr a, Expr b) => a & b;
}
