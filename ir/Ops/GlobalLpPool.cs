namespace Lathe.Ir.Ops;

/// <summary>The p-norm of each channel of an image. ONNX GlobalLpPool, opset 22.</summary>
/// <param name="P">The power.</param>
public sealed record GlobalLpPool(long P = 2) : GlobalPool
{
    protected override Expr Fold(Seq<Expr> extents, Func<Seq<Expr>, Expr> read) => Norm.Of(P, extents, read);
}
