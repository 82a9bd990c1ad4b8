namespace Lathe.Ir.Ops;

/// <summary>(x - mean) / √(variance + epsilon) · scale + bias, channel by channel. ONNX BatchNormalization, opset 15.</summary>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="Momentum">In training, the weight of the old mean and variance in the new ones.</param>
/// <param name="TrainingMode">Whether mean and variance are those of x; then the running ones are results too.</param>
/// <remarks>Operands: x [N, C, …], scale [C], bias [C], mean [C], variance [C]. Results: y; in training the new mean and variance.</remarks>
public sealed record BatchNormalization(float Epsilon = 1e-5f, float Momentum = 0.9f, bool TrainingMode = false) : FormulaOp
{
    public override Seq<TensorType> Infer(Operands x)
    {
        Require(x.Shape(0).Count >= 2, $"x must be [N, C, …], it is {x.Type(0)}");
        for (var i = 1; i < 5; i++)
        {
            Require(x.Shape(i).Count == 1, $"scale, bias, mean and variance must be vectors, operand {i} is {x.Type(i)}");
            x.Equal(x.Shape(i)[0], x.Shape(0)[1], $"numbers of operand {i} {x.Type(i)} for the channels of {x.Type(0)}");
        }
        return TrainingMode ? [x.Real(0).Elementwise, x.Type(3).Elementwise, x.Type(4).Elementwise] : [x.Real(0).Elementwise];
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (channel, kind) = (result == 0 ? at[1] : at[0], x.Scalar(0).Arithmetic);
        Expr Of(int operand) => x[operand]([channel]).As(kind);
        if (!TrainingMode) return (x[0](at) - Of(3)) * (Of(1) / Expr.Sqrt(Of(4) + Epsilon)) + Of(2);
        var extents = x.Shape(0)[1..].With(0, x.Shape(0)[0]);
        Expr Read(Seq<Expr> k) => x[0]([k[0], channel, .. k[1..]]);
        var mean = Averaging.Mean(extents, Read);
        var variance = Averaging.Variance(extents, Read, mean);
        return result switch
        {
            0 => (x[0](at) - mean) * (Of(1) / Expr.Sqrt(variance + Epsilon)) + Of(2),
            1 => (Of(3) * Momentum + mean * (1 - Momentum)).As(x.Scalar(3).Arithmetic),
            _ => (Of(4) * Momentum + variance * (1 - Momentum)).As(x.Scalar(4).Arithmetic),
        };
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(2, 3, 4, 5), Operand.F32(3), Operand.F32(3), Operand.F32(3), Operand.F32(3) with { Low = 0.1 }),
        new(this with { Epsilon = 0.01f }, Operand.F32(4, 5), Operand.F32(5), Operand.F32(5), Operand.F32(5), Operand.F32(5) with { Low = 0.1 }),
        new(this with { TrainingMode = true }, Operand.F32(2, 3, 4), Operand.F32(3), Operand.F32(3), Operand.F32(3), Operand.F32(3) with { Low = 0.1 }),
    ];
}
