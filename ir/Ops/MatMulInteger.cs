namespace Lathe.Ir.Ops;

/// <summary>A matrix product of whole numbers less their zero points, summed in i32. ONNX MatMulInteger, opset 10.</summary>
/// <remarks>Operands: a, b, optionally the zero point of a (one, or one for each row) and that of b (one, or one for each column).</remarks>
public sealed record MatMulInteger : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        x.Whole(0);
        x.Whole(1);
        Quantization.CheckAlong(x, 2, 0, x.Type(0).Rank - 2);
        Quantization.CheckAlong(x, 3, 1, x.Type(1).Rank == 1 ? -1 : x.Type(1).Rank - 1);
        return new(MatMul.Shape(x, 0, 1), Scalar.I32);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) => MatMul.Sum(x, 0, 1, at,
        left => Quantization.Shifted(left, x.Has(2) ? Quantization.Read(x, 2, at, at.Count - 2, 1) : null),
        right => Quantization.Shifted(right, x.Has(3) ? Quantization.Read(x, 3, at, at.Count - 1, 1) : null));

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.Of(Scalar.U8, 3, 5), Operand.Of(Scalar.I8, 5, 4)),
        new(this, Operand.Of(Scalar.U8, 2, 3, 5), Operand.Of(Scalar.U8, 5, 4), Operand.Constant(Scalar.U8, [], 4), Operand.Constant(Scalar.U8, [4], 1, 2, 3, 4)),
    ];
}
