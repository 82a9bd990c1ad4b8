namespace Lathe.Ir.Ops;

/// <summary>x / (1 + |x|), number by number. ONNX Softsign, opset 22.</summary>
public sealed record Softsign : Unary
{
    protected override Expr Of(Expr x) => x / (1.0 + Expr.Abs(x));
}
