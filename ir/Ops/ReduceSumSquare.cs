namespace Lathe.Ir.Ops;

/// <summary>The sum of the squares along some axes. ONNX ReduceSumSquare, opset 18.</summary>
/// <param name="Keepdims">Whether reduced axes stay, with extent 1.</param>
/// <param name="NoopWithEmptyAxes">What no axes mean: none instead of all.</param>
public sealed record ReduceSumSquare(bool Keepdims = true, bool NoopWithEmptyAxes = false) : Reduction(Keepdims, NoopWithEmptyAxes)
{
    protected override Expr Fold(Seq<Expr> extents, Func<Seq<Expr>, Expr> read) => Expr.Sum(extents, k => read(k) * read(k));

    public override IEnumerable<Example> Examples() => [.. base.Examples(), new(this, Operand.Of(Scalar.I32, 3, 4), Operand.Wholes(1)), new(this, Operand.Of(Scalar.I64, 5))];
}
