namespace Lathe.Ir.Ops;

/// <summary>(x - mean) / √(variance + epsilon) · scale + bias, mean and variance over the last axes. ONNX LayerNormalization, opset 17.</summary>
/// <param name="Axis">The first of the axes that are normalized, counted from the end where negative.</param>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="StashType">The kind of the second and third result.</param>
/// <remarks>Operands: x; scale and optionally bias, which broadcast to x. Results: y; the means; 1 over the standard deviations; the last two with extent 1 along normalized axes.</remarks>
public sealed record LayerNormalization(long Axis = -1, float Epsilon = 1e-5f, Scalar StashType = Scalar.F32) : FormulaOp
{
    public override Seq<TensorType> Infer(Operands x)
    {
        var along = x.Axis(Axis);
        _ = x.Type(1); // the scale is not optional
        for (var i = 1; i < x.Count; i++)
            if (x.Has(i)) Broadcast.Onto(x, i, x.Shape(0));
        var statistics = new TensorType([.. x.Shape(0).Select((extent, axis) => axis < along ? extent : 1)], StashType);
        return [x.Real(0).Elementwise, statistics, statistics];
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var along = x.Axis(Axis);
        var extents = x.Shape(0)[along..];
        Expr Read(Seq<Expr> k) => x[0]([.. at[..along], .. k]);
        var mean = Averaging.Mean(extents, Read);
        if (result == 1) return mean.As(StashType.Arithmetic);
        var inverse = 1.0 / Expr.Sqrt(Averaging.Variance(extents, Read, mean) + Epsilon);
        if (result == 2) return inverse.As(StashType.Arithmetic);
        var scaled = (x[0](at) - mean) * inverse * Broadcast.Read(x, 1, at).As(mean.Type);
        return x.Has(2) ? scaled + Broadcast.Read(x, 2, at).As(mean.Type) : scaled;
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(3, 37), Operand.F32(37), Operand.F32(37)),
        new(this with { Axis = 1, Epsilon = 0.1f }, Operand.F32(2, 3, 5), Operand.F32(3, 5)),
        new(this, Operand.Of(Scalar.F16, 2, 8), Operand.Of(Scalar.F16, 8), Operand.Of(Scalar.F16, 8)),
    ];
}
