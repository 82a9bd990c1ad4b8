namespace Lathe.Ir.Ops;

/// <summary>The square root of the sum of the squares along some axes. ONNX ReduceL2, opset 18.</summary>
/// <param name="Keepdims">Whether reduced axes stay, with extent 1.</param>
/// <param name="NoopWithEmptyAxes">What no axes mean: none instead of all.</param>
public sealed record ReduceL2(bool Keepdims = true, bool NoopWithEmptyAxes = false) : Reduction(Keepdims, NoopWithEmptyAxes)
{
    protected override Expr Fold(Seq<Expr> extents, Func<Seq<Expr>, Expr> read)
    {
        var squares = Expr.Sum(extents, k => read(k) * read(k));
        return squares.Type.IsReal ? Expr.Sqrt(squares) : Expr.Sqrt(squares.As(Scalar.F64)).As(squares.Type);
    }
}
