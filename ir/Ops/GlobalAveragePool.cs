namespace Lathe.Ir.Ops;

/// <summary>The mean of each channel of an image. ONNX GlobalAveragePool, opset 22.</summary>
public sealed record GlobalAveragePool : GlobalPool
{
    protected override Expr Fold(Seq<Expr> extents, Func<Seq<Expr>, Expr> read) => Averaging.Mean(extents, read);
}
