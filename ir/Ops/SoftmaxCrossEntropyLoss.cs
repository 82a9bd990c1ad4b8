namespace Lathe.Ir.Ops;

/// <summary>The loss of scores against labels: minus the logarithm of the softmax at the label, times its weight. ONNX SoftmaxCrossEntropyLoss, opset 13.</summary>
/// <param name="IgnoreIndex">The label whose places do not count.</param>
/// <param name="Reduction">none; sum; mean, the sum over the weights that counted.</param>
/// <remarks>Operands: scores [N, C, D…]; labels [N, D…]; optionally weights [C]. Results: the loss; the logarithms of the softmax.</remarks>
public sealed record SoftmaxCrossEntropyLoss(long? IgnoreIndex = null, string Reduction = "mean") : FormulaOp
{
    public override Seq<TensorType> Infer(Operands x) => [new(new LogLikelihood(IgnoreIndex, Reduction).Shape(x), x.Real(0).Scalar), x.Type(0).Elementwise];

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        Expr Logarithm(Seq<Expr> index) => new LogSoftmax(1).At(x, index, 0);
        return result == 1 ? Logarithm(at) : new LogLikelihood(IgnoreIndex, Reduction).Loss(x, at, Logarithm);
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(3, 5), Operand.Of(Scalar.I64, 3) with { Low = 0, High = 4 }),
        new(this with { Reduction = "none", IgnoreIndex = 0 }, Operand.F32(2, 3, 4), Operand.Of(Scalar.I64, 2, 4) with { Low = 0, High = 2 }, Operand.F32(3)),
        new(this with { Reduction = "sum" }, Operand.F32(2, 3), Operand.Of(Scalar.I32, 2) with { Low = 0, High = 2 }),
    ];
}
