namespace Lathe.Ir.Ops;

/// <summary>The logarithm of the sum along some axes. ONNX ReduceLogSum, opset 18.</summary>
/// <param name="Keepdims">Whether reduced axes stay, with extent 1.</param>
/// <param name="NoopWithEmptyAxes">What no axes mean: none instead of all.</param>
public sealed record ReduceLogSum(bool Keepdims = true, bool NoopWithEmptyAxes = false) : Reduction(Keepdims, NoopWithEmptyAxes)
{
    protected override Expr Fold(Seq<Expr> extents, Func<Seq<Expr>, Expr> read) => Expr.Log(Expr.Sum(extents, read));

    public override IEnumerable<Example> Examples() => base.Examples().Select(e => e with { Operands = e.Operands.With(0, e.Operands[0]! with { Low = 0.1 }) });
}
