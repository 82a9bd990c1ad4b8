namespace Lathe.Ir.Ops;

/// <summary>The sum along some axes. ONNX ReduceSum, opset 13.</summary>
/// <param name="Keepdims">Whether reduced axes stay, with extent 1.</param>
/// <param name="NoopWithEmptyAxes">What no axes mean: none instead of all.</param>
public sealed record ReduceSum(bool Keepdims = true, bool NoopWithEmptyAxes = false) : Reduction(Keepdims, NoopWithEmptyAxes)
{
    protected override Expr Fold(Seq<Expr> extents, Func<Seq<Expr>, Expr> read) => Expr.Sum(extents, read);

    public override IEnumerable<Example> Examples() => [.. base.Examples(), new(this, Operand.Of(Scalar.I32, 3, 4), Operand.Wholes(1)), new(this, Operand.Of(Scalar.I64, 5))];
}
