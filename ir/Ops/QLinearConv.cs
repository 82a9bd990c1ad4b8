namespace Lathe.Ir.Ops;

/// <summary>A convolution of quantized numbers, quantized again. ONNX QLinearConv, opset 10.</summary>
/// <param name="AutoPad">As of <see cref="Conv"/>.</param>
/// <param name="Dilations">As of <see cref="Conv"/>.</param>
/// <param name="Group">As of <see cref="Conv"/>.</param>
/// <param name="KernelShape">As of <see cref="Conv"/>.</param>
/// <param name="Pads">As of <see cref="Conv"/>; padding is the zero point.</param>
/// <param name="Strides">As of <see cref="Conv"/>.</param>
/// <remarks>
/// Operands: image, its scale, its zero point; filters, their scale and zero point (one, or one for each filter); scale and zero point of the
/// result; optionally an i32 bias for each filter, in steps of the two scales' product.
/// </remarks>
public sealed record QLinearConv(string AutoPad = "NOTSET", Seq<long> Dilations = default, long Group = 1, Seq<long> KernelShape = default, Seq<long> Pads = default, Seq<long> Strides = default)
    : Convolution(AutoPad, Dilations, Group, KernelShape, Pads, Strides)
{
    protected override int Filters => 3;
    protected override int Bias => 8;

    protected override TensorType InferOne(Operands x)
    {
        x.Whole(0);
        x.Whole(3);
        foreach (var scale in new[] { 1, 4, 6 }) x.Real(scale);
        Require(!x.Has(Bias) || x.Scalar(Bias) == Scalar.I32, $"the bias must be of i32, it is {(x.Has(Bias) ? x.Type(Bias) : null)}");
        foreach (var operand in new[] { 4, 5 }) Broadcast.Onto(x, operand, [x.Shape(3)[0]]);
        return new(Shape(x), x.Whole(7).Scalar);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var sum = Sum(x, at, x.Only(2), pixel => Quantization.Shifted(pixel, x.Only(2)), weight => Quantization.Shifted(weight, Quantization.Read(x, 5, at, 1, 0)));
        if (x.Has(8)) sum += x[8]([at[1]]);
        var scale = x.Only(1).As(Scalar.F32) * Quantization.Read(x, 4, at, 1, 0).As(Scalar.F32) / x.Only(6).As(Scalar.F32);
        return Quantization.Round(sum.As(Scalar.F32) * scale, x.Only(7), x.Scalar(7));
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.Of(Scalar.U8, 1, 2, 4, 5), Operand.Constant(Scalar.F32, [], 0.02), Operand.Constant(Scalar.U8, [], 4), Operand.Of(Scalar.I8, 3, 2, 2, 2),
            Operand.Constant(Scalar.F32, [], 0.1), Operand.Constant(Scalar.I8, [], 0), Operand.Constant(Scalar.F32, [], 0.01), Operand.Constant(Scalar.U8, [], 128)),
        new(this with { Pads = [1, 1, 1, 1] }, Operand.Of(Scalar.I8, 1, 2, 4, 5), Operand.Constant(Scalar.F32, [], 0.02), Operand.Constant(Scalar.I8, [], -4), Operand.Of(Scalar.I8, 3, 2, 3, 3),
            Operand.F32(3) with { Low = 0.01, High = 0.1 }, Operand.Constant(Scalar.I8, [3], 0, 0, 0), Operand.Constant(Scalar.F32, [], 0.05), Operand.Constant(Scalar.I8, [], 3), Operand.Of(Scalar.I32, 3)),
    ];
}
