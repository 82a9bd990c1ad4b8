namespace Lathe.Ir.Ops;

/// <summary>Whether a number is infinite. ONNX IsInf, opset 20.</summary>
/// <param name="DetectNegative">Whether -∞ counts.</param>
/// <param name="DetectPositive">Whether ∞ counts.</param>
public sealed record IsInf(bool DetectNegative = true, bool DetectPositive = true) : Unary
{
    protected override TensorType InferOne(Operands x) => new(x.Real(0).Shape, Scalar.Bool);

    protected override Expr Of(Expr x) => !DetectNegative && !DetectPositive ? false : DetectNegative && DetectPositive ? Call.Of(Function.IsInf, x) : Call.Of(Function.IsInf, x) & (DetectPositive ? x > 0 : x < 0);

    public override IEnumerable<Example> Examples() =>
        new[] { this, this with { DetectNegative = false }, this with { DetectPositive = false } }.Select(op => new Example(op, Operand.Constant(Scalar.F32, [4], double.NaN, double.NegativeInfinity, double.PositiveInfinity, 3)));
}
