namespace Lathe.Ir.Ops;

/// <summary>The logarithm of the sum along some axes. ONNX ReduceLogSum, opset 18.</summary>
/// <param name="Keepdims">Whether reduced axes stay, with extent 1.</param>
/// <param name="NoopWithEmptyAxes">What no axes mean: none instead of all.</param>
public sealed record ReduceLogSum(bool Keepdims = true, bool NoopWithEmptyAxes = false) : Reduction(Keepdims, NoopWithEmptyAxes)
{
    protected override Expr Fold(Seq<Expr> extents, Func<Seq<Expr>, Expr> read)
    {
        var sum = Expr.Sum(extents, read);
        return sum.Type.IsReal ? Expr.Log(sum) : Expr.Log(sum.As(Scalar.F64)).As(sum.Type);
    }

    public override IEnumerable<Example> Examples() =>
        base.Examples().Select(e => e with { Operands = e.Operands.With(0, e.Operands[0]! with { Low = 0.1 }) }).Append(new(this, Operand.Of(Scalar.I32, 3, 5) with { Low = 1, High = 90 }, Operand.Wholes(1)));
}
