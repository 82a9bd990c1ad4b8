namespace Lathe.Ir.Ops;

/// <summary>The transpose of a convolution: each pixel adds its filters to the result. ONNX ConvTranspose, opset 22.</summary>
/// <param name="AutoPad">NOTSET, VALID, SAME_UPPER or SAME_LOWER.</param>
/// <param name="Dilations">Step between taps of the filter, in pixels of the result.</param>
/// <param name="Group">Groups of channels that do not see each other.</param>
/// <param name="KernelShape">Extent of the filter; taken from w if empty.</param>
/// <param name="OutputPadding">Pixels added at the end of each axis of the result.</param>
/// <param name="OutputShape">Extents of the result; what is too much is cut off like padding.</param>
/// <param name="Pads">Pixels cut off the result: the beginning of each spatial axis, then the end of each.</param>
/// <param name="Strides">Step from pixel to pixel, in pixels of the result.</param>
/// <remarks>Shapes: x [N, C, spatial…], w [C, F / group, taps…], optional b [F]; result [N, F, spatial'…].</remarks>
public sealed record ConvTranspose(string AutoPad = "NOTSET", Seq<long> Dilations = default, long Group = 1, Seq<long> KernelShape = default, Seq<long> OutputPadding = default,
    Seq<long> OutputShape = default, Seq<long> Pads = default, Seq<long> Strides = default) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        var (image, filters) = (x.Shape(0), x.Shape(1));
        Require(image.Count >= 3, $"the image must be [N, C, spatial…], it is {x.Type(0)}");
        Require(filters.Count == image.Count, $"the filters must have the rank of the image {x.Type(0)}, they are {x.Type(1)}");
        Require(KernelShape is [] || KernelShape.Count == filters.Count - 2, $"kernel_shape is {KernelShape}, the filters are {x.Type(1)}");
        foreach (var (axis, tap) in Taps(x).Index()) x.Equal(filters[2 + axis], tap, $"kernel_shape is {KernelShape}, the filters are {x.Type(1)}");
        Require(Group >= 1, $"group must be at least 1, it is {Group}");
        x.Check(Expr.Same(Linear.Simplify(image[1] % Group), 0), $"{image[1]} channels cannot be split into {Group} groups");
        x.Alike(0, 1, 2);
        x.Equal(image[1], filters[0], $"the channels of the image {x.Type(0)} and of the filters {x.Type(1)}");
        var made = Linear.Simplify(filters[1] * Group);
        if (x.Has(2)) x.Equal(x.Shape(2)[0], made, "one bias for each channel of the result");
        return new([image[0], made, .. Spread(x).Select(axis => axis.Extent)], x.Real(0).Scalar);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (filters, axes) = (x.Shape(1), Spread(x).ToArray());
        var channels = Linear.Simplify(filters[0] / Group);
        var (group, filter) = (Linear.Simplify(at[1] / filters[1]), Linear.Simplify(at[1] % filters[1]));
        var sum = Expr.Sum([channels, .. axes.Select(axis => axis.Taps)], k =>
        {
            var channel = Linear.Simplify(group * channels + k[0]);
            var (pixel, tap, meets) = (new Expr[axes.Length], new Expr[axes.Length], (Expr)true);
            for (var i = 0; i < axes.Length; i++)
            {
                var (_, before, stride, apart, _) = axes[i];
                var place = at[2 + i] + before;
                if (apart == 1) (pixel[i], tap[i]) = (Linear.Simplify(place / stride - k[1 + i]), Linear.Simplify(place % stride + k[1 + i] * stride));
                else
                {
                    (pixel[i], tap[i]) = (Linear.Simplify((place - k[1 + i] * apart) / stride), k[1 + i]);
                    meets &= Expr.Same(Linear.Simplify((place - k[1 + i] * apart) % stride), 0);
                }
            }
            var ragged = axes.Index().Any(axis => axis.Item.Apart == 1 && !Linear.ProvesEqual(axis.Item.Taps * axis.Item.Stride, Taps(x)[axis.Index]));
            return Expr.Select(meets, x[0]([at[0], channel, .. pixel], 0), 0) * x[1]([channel, filter, .. tap], ragged ? 0 : null);
        });
        return x.Has(2) ? sum + x[2]([at[1]]) : sum;
    }

    /// <summary>Extents of a filter: where the filters' own are open, kernel_shape says them.</summary>
    private Seq<Expr> Taps(Operands x) => KernelShape is [] ? x.Shape(1)[2..] : [.. KernelShape.Select(tap => (Expr)tap)];

    /// <summary>
    /// How pixels spread along each spatial axis. Without dilation a place of the result meets only every stride-th tap: those are counted,
    /// so that no product is of a zero that lies between pixels.
    /// </summary>
    private IEnumerable<(Expr Extent, Expr Before, long Stride, long Apart, Expr Taps)> Spread(Operands x)
    {
        var (image, taps) = (x.Shape(0)[2..], Taps(x));
        for (var i = 0; i < image.Count; i++)
        {
            var (stride, apart, added) = (Number(Strides, i, 1), Number(Dilations, i, 1), Number(OutputPadding, i, 0));
            Require(stride >= 1 && apart >= 1, $"strides {Strides} and dilations {Dilations} must be positive");
            var full = Linear.Simplify((image[i] - 1) * stride + (taps[i] - 1) * apart + (added + 1));
            Expr extent, before;
            if (OutputShape is not [] || AutoPad is "SAME_UPPER" or "SAME_LOWER")
            {
                // A shape may name all axes of the result or only the spatial ones.
                extent = OutputShape is [] ? Linear.Simplify(image[i] * stride) : OutputShape[OutputShape.Count - image.Count + i];
                var cut = Linear.Simplify(Expr.Max(full - extent, 0));
                before = Linear.Simplify(AutoPad == "SAME_UPPER" ? cut / 2 : cut - cut / 2);
            }
            else
            {
                var (start, end) = AutoPad == "VALID" ? (0, 0) : (Number(Pads, i, 0), Number(Pads, image.Count + i, 0));
                (extent, before) = (Linear.Simplify(full - (start + end)), start);
                x.Check(0 <= extent, $"pads {Pads} cut off more than the {full} pixels along spatial axis {i}");
            }
            yield return (extent, before, stride, apart, apart == 1 ? Linear.Simplify((taps[i] + (stride - 1)) / stride) : taps[i]);
        }
        static long Number(Seq<long> all, int i, long other) => all is [] ? other : i < all.Count ? all[i] : throw new TypeException($"{all} is too short");
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(1, 2, 3, 4), Operand.F32(2, 3, 3, 3)),
        new(this with { Strides = [2, 2] }, Operand.F32(2, 3, 4, 3), Operand.F32(3, 5, 2, 2), Operand.F32(5)),
        new(this with { Strides = [3, 2], Pads = [1, 0, 2, 1], OutputPadding = [1, 0] }, Operand.F32(1, 2, 3, 3), Operand.F32(2, 2, 4, 3), Operand.F32(2)),
        new(this with { Dilations = [2, 1], Strides = [2, 1] }, Operand.F32(1, 1, 3, 3), Operand.F32(1, 2, 2, 2)),
        new(this with { Group = 2, Strides = [2] }, Operand.F32(1, 4, 5), Operand.F32(4, 3, 3)),
        new(this with { AutoPad = "SAME_UPPER", Strides = [2, 2] }, Operand.F32(1, 1, 3, 3), Operand.F32(1, 2, 3, 3)),
        new(this with { OutputShape = [10, 8], Strides = [3, 2] }, Operand.F32(1, 1, 3, 3), Operand.F32(1, 2, 3, 3)),
    ];
}
