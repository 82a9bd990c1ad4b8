namespace Lathe.Ir.Ops;

/// <summary>The loss of logarithms of chances against labels: minus the label's logarithm, times its weight. ONNX NegativeLogLikelihoodLoss, opset 22.</summary>
/// <param name="IgnoreIndex">The label whose places do not count.</param>
/// <param name="Reduction">none; sum; mean, the sum over the weights that counted.</param>
/// <remarks>Operands: logarithms [N, C, D…]; labels [N, D…]; optionally weights [C].</remarks>
public sealed record NegativeLogLikelihoodLoss(long? IgnoreIndex = null, string Reduction = "mean") : FormulaOp
{
    protected override TensorType InferOne(Operands x) => new(new LogLikelihood(IgnoreIndex, Reduction).Shape(x), x.Real(0).Scalar);

    public override Expr At(Operands x, Seq<Expr> at, int result) => new LogLikelihood(IgnoreIndex, Reduction).Loss(x, at, index => x[0](index));

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(3, 5), Operand.Of(Scalar.I64, 3) with { Low = 0, High = 4 }),
        new(this with { Reduction = "none", IgnoreIndex = 1 }, Operand.F32(2, 3, 4), Operand.Of(Scalar.I64, 2, 4) with { Low = 0, High = 2 }, Operand.F32(3)),
        new(this with { Reduction = "sum" }, Operand.F32(2, 3, 4), Operand.Of(Scalar.I32, 2, 4) with { Low = 0, High = 2 }),
    ];
}
