namespace Lathe.Ir.Ops;

/// <summary>A matrix product of quantized numbers, quantized again. ONNX QLinearMatMul, opset 21.</summary>
/// <remarks>Operands: a, its scale, its zero point (one, or one for each row); b, its scale, its zero point (one, or one for each column); scale and zero point of the result.</remarks>
public sealed record QLinearMatMul : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        x.Whole(0);
        x.Whole(3);
        foreach (var operand in new[] { 1, 2 }) Quantization.CheckAlong(x, operand, 0, x.Type(0).Rank - 2);
        foreach (var operand in new[] { 4, 5 }) Quantization.CheckAlong(x, operand, 3, x.Type(3).Rank == 1 ? -1 : x.Type(3).Rank - 1);
        return new(MatMul.Shape(x, 0, 3), x.Whole(7).Scalar);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        Expr Row(int operand) => Quantization.Read(x, operand, at, at.Count - 2, 1);
        Expr Column(int operand) => Quantization.Read(x, operand, at, at.Count - 1, 1);
        var sum = MatMul.Sum(x, 0, 3, at, left => Quantization.Shifted(left, Row(2)), right => Quantization.Shifted(right, Column(5)));
        var scale = Row(1).As(Scalar.F32) * Column(4).As(Scalar.F32) / x.Only(6).As(Scalar.F32);
        return Quantization.Round(sum.As(Scalar.F32) * scale, x.Only(7), x.Scalar(7));
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.Of(Scalar.U8, 3, 5), Operand.Constant(Scalar.F32, [], 0.02), Operand.Constant(Scalar.U8, [], 4), Operand.Of(Scalar.I8, 5, 4),
            Operand.Constant(Scalar.F32, [], 0.1), Operand.Constant(Scalar.I8, [], 0), Operand.Constant(Scalar.F32, [], 0.01), Operand.Constant(Scalar.U8, [], 128)),
        new(this, Operand.Of(Scalar.I8, 2, 3, 5), Operand.Constant(Scalar.F32, [], 0.02), Operand.Constant(Scalar.I8, [], 1), Operand.Of(Scalar.I8, 5, 4),
            Operand.F32(4) with { Low = 0.01, High = 0.1 }, Operand.Constant(Scalar.I8, [4], 0, 1, 2, 3), Operand.Constant(Scalar.F32, [], 0.05), Operand.Constant(Scalar.I8, [], 3)),
    ];
}
