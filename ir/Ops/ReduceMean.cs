namespace Lathe.Ir.Ops;

/// <summary>The mean along some axes; of whole numbers, rounded toward zero. ONNX ReduceMean, opset 18.</summary>
/// <param name="Keepdims">Whether reduced axes stay, with extent 1.</param>
/// <param name="NoopWithEmptyAxes">What no axes mean: none instead of all.</param>
public sealed record ReduceMean(bool Keepdims = true, bool NoopWithEmptyAxes = false) : Reduction(Keepdims, NoopWithEmptyAxes)
{
    protected override Expr Fold(Seq<Expr> extents, Func<Seq<Expr>, Expr> read) => Averaging.Mean(extents, read);

    public override IEnumerable<Example> Examples() => [.. base.Examples(), new(this, Operand.Of(Scalar.I32, 3, 4), Operand.Wholes(1))];
}
