namespace Lathe.Ir.Ops;

/// <summary>(x - zero point) · scale. ONNX DequantizeLinear, opset 25.</summary>
/// <param name="Axis">The axis along which scales differ.</param>
/// <param name="BlockSize">Places of the axis that share a scale, where scales have the rank of x.</param>
/// <param name="OutputDtype">The kind of the result; that of the scale otherwise.</param>
/// <remarks>Operands: x; scale; optionally the zero point.</remarks>
public sealed record DequantizeLinear(long Axis = 1, long BlockSize = 0, Scalar? OutputDtype = null) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        x.Real(1);
        x.Alike(0, 2);
        for (var i = 1; i < x.Count; i++) Quantization.Check(x, i, Along(x), BlockSize);
        return new(x.Numeric(0).Shape, OutputDtype ?? x.Scalar(1));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (number, scale) = (x[0](at), Quantization.Read(x, 1, at, Along(x), BlockSize));
        var zero = x.Has(2) ? Quantization.Read(x, 2, at, Along(x), BlockSize) : null;
        var shifted = number.Type.IsReal ? zero is null ? number : number - zero : Quantization.Shifted(number, zero);
        return (shifted.As(scale.Type) * scale).As((OutputDtype ?? x.Scalar(1)).Arithmetic);
    }

    private int Along(Operands x) => x.Type(1).Size is Number { Integer: 1 } ? 0 : x.Axis(Axis);

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.Of(Scalar.U8, 3, 5) with { High = 255 }, Operand.Constant(Scalar.F32, [], 0.01), Operand.Constant(Scalar.U8, [], 128)),
        new(this, Operand.Of(Scalar.I8, 2, 3, 4), Operand.F32(3), Operand.Of(Scalar.I8, 3)),
        new(this with { BlockSize = 2, Axis = 0 }, Operand.Of(Scalar.I4, 4, 3) with { Low = -8, High = 7 }, Operand.F32(2, 3), Operand.Of(Scalar.I4, 2, 3) with { Low = -8, High = 7 }),
        new(this, Operand.Of(Scalar.I32, 5), Operand.Constant(Scalar.F32, [], 0.5)),
        new(this, Operand.Of(Scalar.F8E4M3FN, 5), Operand.Constant(Scalar.F32, [], 0.5)),
    ];
}
