namespace Lathe.Ir.Ops;

/// <summary>(x - mean) / (standard deviation + 1e-9), both over some axes. ONNX MeanVarianceNormalization, opset 13.</summary>
/// <param name="Axes">Counted from the end where negative; 0, 2 and 3 if empty.</param>
public sealed record MeanVarianceNormalization(Seq<long> Axes = default) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Over(x);
        return x.Real(0).Elementwise;
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var axes = Over(x);
        Seq<Expr> extents = [.. axes.Select(axis => x.Shape(0)[axis])];
        Expr Read(Seq<Expr> k) => x[0](axes.Index().Aggregate(at, (index, axis) => index.With(axis.Item, k[axis.Index])));
        var mean = Averaging.Mean(extents, Read);
        return (x[0](at) - mean) / (Expr.Sqrt(Averaging.Variance(extents, Read, mean)) + 1e-9);
    }

    private int[] Over(Operands x) => [.. (Axes is [] ? [0L, 2, 3] : Axes).Select(axis => x.Axis(axis))];

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(3, 2, 4, 5)), new(this with { Axes = [-1] }, Operand.F32(2, 7))];
}
