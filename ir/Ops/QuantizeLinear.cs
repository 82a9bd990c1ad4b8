namespace Lathe.Ir.Ops;

/// <summary>round(x / scale) + zero point, saturated; for small floats x / scale in that kind. ONNX QuantizeLinear, opset 25.</summary>
/// <param name="Axis">The axis along which scales differ.</param>
/// <param name="BlockSize">Places of the axis that share a scale, where scales have the rank of x.</param>
/// <param name="OutputDtype">The kind of the result where there is no zero point; u8 otherwise.</param>
/// <param name="Precision">The kind in which x is divided; that of the scale otherwise.</param>
/// <param name="Saturate">For f8: whether what is too large becomes the largest number.</param>
/// <remarks>Operands: x; scale; optionally the zero point.</remarks>
public sealed record QuantizeLinear(long Axis = 1, long BlockSize = 0, Scalar? OutputDtype = null, Scalar? Precision = null, bool Saturate = true) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        x.Numeric(0);
        x.Real(1);
        for (var i = 1; i < x.Count; i++) Quantization.Check(x, i, Along(x), BlockSize);
        Require(!x.Has(2) || OutputDtype is null || OutputDtype == x.Scalar(2), $"output_dtype is {OutputDtype?.Text}, the zero point is {x.Type(2)}");
        return new(x.Shape(0), Kind(x));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (kind, precision) = (Kind(x), Precision ?? x.Scalar(1));
        var divided = (x[0](at).As(precision.Arithmetic) / Quantization.Read(x, 1, at, Along(x), BlockSize).As(precision.Arithmetic)).As(precision).As(precision.Arithmetic);
        if (kind.IsReal) return Conversion.Of(divided, kind, Saturate, "up");
        return Quantization.Round(divided, x.Has(2) ? Quantization.Read(x, 2, at, Along(x), BlockSize) : null, kind);
    }

    private Scalar Kind(Operands x) => x.Has(2) ? x.Scalar(2) : OutputDtype ?? Scalar.U8;

    private int Along(Operands x) => x.Type(1).Size is Number { Integer: 1 } ? 0 : x.Axis(Axis);

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(3, 5), Operand.Constant(Scalar.F32, [], 0.01), Operand.Constant(Scalar.U8, [], 128)),
        new(this, Operand.F32(7), Operand.F32() with { Low = 0.01, High = 0.1 }, Operand.Constant(Scalar.I8, [], -3)),
        new(this, Operand.F32(2, 3, 4), Operand.F32(3) with { Low = 0.01, High = 0.1 }, Operand.Of(Scalar.I8, 3)),
        new(this with { OutputDtype = Scalar.I4, BlockSize = 2, Axis = 0 }, Operand.F32(4, 3), Operand.F32(2, 3) with { Low = 0.1, High = 0.5 }),
        new(this with { OutputDtype = Scalar.I16 }, Operand.F32(9), Operand.Constant(Scalar.F32, [], 0.001)),
        new(this with { OutputDtype = Scalar.F8E4M3FN }, Operand.F32(9), Operand.Constant(Scalar.F32, [], 0.01)),
    ];
}
