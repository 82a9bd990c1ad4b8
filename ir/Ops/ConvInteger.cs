namespace Lathe.Ir.Ops;

/// <summary>A convolution of whole numbers less their zero points, summed in i32. ONNX ConvInteger, opset 10.</summary>
/// <param name="AutoPad">As of <see cref="Conv"/>.</param>
/// <param name="Dilations">As of <see cref="Conv"/>.</param>
/// <param name="Group">As of <see cref="Conv"/>.</param>
/// <param name="KernelShape">As of <see cref="Conv"/>.</param>
/// <param name="Pads">As of <see cref="Conv"/>; padding is the zero point.</param>
/// <param name="Strides">As of <see cref="Conv"/>.</param>
/// <remarks>Operands: image, filters, optionally the zero point of the image and that of the filters (one, or one for each filter).</remarks>
public sealed record ConvInteger(string AutoPad = "NOTSET", Seq<long> Dilations = default, long Group = 1, Seq<long> KernelShape = default, Seq<long> Pads = default, Seq<long> Strides = default)
    : Convolution(AutoPad, Dilations, Group, KernelShape, Pads, Strides)
{
    protected override int Bias => int.MaxValue;

    protected override TensorType InferOne(Operands x)
    {
        x.Whole(0);
        x.Whole(1);
        if (x.Has(3)) Broadcast.Onto(x, 3, [x.Shape(1)[0]]);
        return new(Shape(x), Scalar.I32);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var zero = x.Has(2) ? x.Only(2) : null;
        return Sum(x, at, zero ?? 0, pixel => Quantization.Shifted(pixel, zero), weight => Quantization.Shifted(weight, x.Has(3) ? Quantization.Read(x, 3, at, 1, 0) : null));
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.Of(Scalar.U8, 1, 2, 4, 5), Operand.Of(Scalar.I8, 3, 2, 2, 2)),
        new(this with { Pads = [1, 1, 1, 1], Strides = [2, 1] }, Operand.Of(Scalar.U8, 1, 2, 4, 5), Operand.Of(Scalar.U8, 3, 2, 3, 3), Operand.Constant(Scalar.U8, [], 4), Operand.Of(Scalar.U8, 3)),
    ];
}
