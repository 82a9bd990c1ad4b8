namespace Lathe.Ir.Ops;

/// <summary>Slides a filter bank over an image of any number of spatial axes: y[n,f,…] = b[f] + Σ x[n, c, o·s + r·d − p, …]·w[f,c,r,…]. ONNX Conv, opset 22.</summary>
/// <param name="AutoPad">NOTSET, VALID, SAME_UPPER or SAME_LOWER.</param>
/// <param name="Dilations">Step between taps of the filter, in pixels.</param>
/// <param name="Group">Groups of channels that do not see each other.</param>
/// <param name="KernelShape">Extent of the filter; taken from w if empty.</param>
/// <param name="Pads">Zeros added, in pixels: the beginning of each spatial axis, then the end of each.</param>
/// <param name="Strides">Step from result to result, in pixels.</param>
/// <remarks>Shapes: x [N, C, spatial…], w [F, C / group, taps…], optional b [F]; result [N, F, spatial'…].</remarks>
public sealed record Conv(string AutoPad = "NOTSET", Seq<long> Dilations = default, long Group = 1, Seq<long> KernelShape = default, Seq<long> Pads = default, Seq<long> Strides = default)
    : Convolution(AutoPad, Dilations, Group, KernelShape, Pads, Strides)
{
    protected override TensorType InferOne(Operands x)
    {
        x.Alike(0, 1, 2);
        return new(Shape(x), x.Real(0).Scalar);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var sum = Sum(x, at, 0, pixel => pixel, weight => weight);
        return x.Has(2) ? sum + x[2]([at[1]]) : sum;
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(1, 3, 5, 7), Operand.F32(4, 3, 3, 3)),
        new(this with { Pads = [1, 1, 1, 1] }, Operand.F32(2, 5, 7, 6), Operand.F32(19, 5, 3, 3), Operand.F32(19)),
        new(this with { Strides = [2, 2], Pads = [0, 1, 2, 1] }, Operand.F32(1, 3, 9, 8), Operand.F32(6, 3, 3, 2), Operand.F32(6)),
        new(this with { Group = 6, Pads = [1, 1, 1, 1] }, Operand.F32(1, 6, 7, 7), Operand.F32(6, 1, 3, 3), Operand.F32(6)),
        new(this with { Group = 2, Dilations = [2, 1] }, Operand.F32(1, 4, 8, 5), Operand.F32(6, 2, 3, 2)),
        new(this with { AutoPad = "SAME_UPPER", Strides = [2, 3] }, Operand.F32(1, 2, 8, 7), Operand.F32(3, 2, 3, 4)),
        new(this, Operand.F32(1, 8, 6, 6), Operand.F32(16, 8, 1, 1), Operand.F32(16)),
        new(this with { Pads = [1, 1] }, Operand.F32(2, 3, 11), Operand.F32(4, 3, 3)),
    ];
}
