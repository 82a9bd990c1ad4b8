namespace Lathe.Ir.Ops;

/// <summary>The smallest number along some axes, NaN if one is NaN; of truth values, where false is below true. ONNX ReduceMin, opset 20.</summary>
/// <param name="Keepdims">Whether reduced axes stay, with extent 1.</param>
/// <param name="NoopWithEmptyAxes">What no axes mean: none instead of all.</param>
public sealed record ReduceMin(bool Keepdims = true, bool NoopWithEmptyAxes = false) : Reduction(Keepdims, NoopWithEmptyAxes)
{
    protected override Scalar Result(Operands x) => x.Scalar(0) == Scalar.Bool ? Scalar.Bool : base.Result(x);

    protected override Expr Fold(Seq<Expr> extents, Func<Seq<Expr>, Expr> read)
    {
        var found = Expr.Reduce(ReduceKind.Min, extents, k => read(k).Type == Scalar.Bool ? read(k).As(Scalar.U8) : read(k));
        return read(extents).Type == Scalar.Bool ? Expr.Not(Expr.Same(found, 0)) : found;
    }

    public override IEnumerable<Example> Examples() => [.. base.Examples(), new(this, Operand.Of(Scalar.I8, 3, 4), Operand.Wholes(1)), new(this, Operand.Of(Scalar.U64, 5)), new(this, Operand.Of(Scalar.Bool, 3, 2), Operand.Wholes(1))];
}
