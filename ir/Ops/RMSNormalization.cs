namespace Lathe.Ir.Ops;

/// <summary>x / √(mean of x² + epsilon) · scale, the mean over the last axes. ONNX RMSNormalization, opset 23.</summary>
/// <param name="Axis">The first of the axes that are normalized, counted from the end where negative.</param>
/// <param name="Epsilon">Added to the mean square.</param>
/// <param name="StashType">The least precision of the computation; f32 and f64 are their own.</param>
/// <remarks>Operands: x; scale, which broadcasts to x.</remarks>
public sealed record RMSNormalization(long Axis = -1, float Epsilon = 1e-5f, Scalar StashType = Scalar.F32) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        x.Axis(Axis);
        Broadcast.Onto(x, 1, x.Shape(0));
        return x.Real(0).Elementwise with { Encoding = new Dense(x.Real(1).Scalar) };
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var along = x.Axis(Axis);
        Expr Read(Seq<Expr> k) => x[0]([.. at[..along], .. k]);
        var scaled = x[0](at) / Expr.Sqrt(Averaging.Mean(x.Shape(0)[along..], k => Read(k) * Read(k)) + Epsilon);
        var kind = x.Scalar(1).Arithmetic;
        return scaled.As(kind) * Broadcast.Read(x, 1, at);
    }

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(3, 37), Operand.F32(37)), new(this with { Axis = 1, Epsilon = 0.1f }, Operand.F32(2, 3, 5), Operand.F32(3, 5))];
}
