namespace Lathe.Ir.Ops;

/// <summary>The largest number of each channel of an image. ONNX GlobalMaxPool, opset 22.</summary>
public sealed record GlobalMaxPool : GlobalPool
{
    protected override Expr Fold(Seq<Expr> extents, Func<Seq<Expr>, Expr> read) => Expr.Largest(extents, read);
}
