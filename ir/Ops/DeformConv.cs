namespace Lathe.Ir.Ops;

/// <summary>A convolution whose taps are moved by offsets that depend on the place (arXiv 1703.06211, 1811.11168), read between pixels. ONNX DeformConv, opset 22.</summary>
/// <param name="Dilations">As of <see cref="Conv"/>.</param>
/// <param name="Group">As of <see cref="Conv"/>.</param>
/// <param name="KernelShape">As of <see cref="Conv"/>.</param>
/// <param name="OffsetGroup">Groups of channels that share offsets.</param>
/// <param name="Pads">As of <see cref="Conv"/>.</param>
/// <param name="Strides">As of <see cref="Conv"/>.</param>
/// <remarks>
/// Operands: image [N, C, D…], filters [F, C / group, taps…], offsets [N, groups · taps · axes, D'…], optionally a bias [F], optionally a factor of
/// each tap [N, groups · taps, D'…].
/// </remarks>
public sealed record DeformConv(Seq<long> Dilations = default, long Group = 1, Seq<long> KernelShape = default, long OffsetGroup = 1, Seq<long> Pads = default, Seq<long> Strides = default)
    : Convolution("NOTSET", Dilations, Group, KernelShape, Pads, Strides)
{
    protected override int Bias => 3;

    protected override TensorType InferOne(Operands x)
    {
        var shape = Shape(x);
        x.Alike(Enumerable.Range(0, x.Count));
        Require(OffsetGroup >= 1 && (x.Shape(0)[1] is not Number n || n.Integer % OffsetGroup == 0), $"the {x.Shape(0)[1]} channels of {x.Type(0)} cannot be split into {OffsetGroup} groups");
        var taps = Taps(x).Aggregate((Expr)OffsetGroup, (count, extent) => Linear.Simplify(count * extent));
        foreach (var (operand, channels) in new[] { (2, Linear.Simplify(taps * (shape.Count - 2))), (4, taps) })
        {
            if (operand == 4 && !x.Has(4)) continue;
            Require(x.Shape(operand).Count == shape.Count, $"operand {operand} must have {shape.Count} axes, it is {x.Type(operand)}");
            foreach (var (axis, extent) in shape.With(1, channels).Index()) x.Equal(x.Shape(operand)[axis], extent, $"axis {axis} of operand {operand} {x.Type(operand)} for a result of {shape}");
        }
        return new(shape, x.Real(0).Scalar);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (filters, taps, axes, window) = (x.Shape(1), Taps(x), x.Shape(0).Count - 2, Window(x));
        var group = Linear.Simplify(at[1] / (filters[0] / Group));
        var sum = Expr.Sum([filters[1], .. taps], k =>
        {
            var channel = Linear.Simplify(group * filters[1] + k[0]);
            var tap = Linear.Simplify(channel / (x.Shape(0)[1] / OffsetGroup) * taps.Aggregate((Expr)1, (count, extent) => count * extent) + Indexing.Flat(taps, k[1..]));
            Seq<(Expr, Expr)>[] places = [.. window.Taps(at[2..], k[1..]).Select((place, axis) =>
                Sampling.Taps(place.As(Scalar.F32) + x[2]([at[0], Linear.Simplify(tap * axes + axis), .. at[2..]]).As(Scalar.F32), "linear"))];
            var pixel = Sampling.Sum(places, index => x[0]([at[0], channel, .. index], 0));
            if (x.Has(4)) pixel *= x[4]([at[0], tap, .. at[2..]]);
            return pixel * x[1]([at[1], .. k]);
        });
        return x.Has(3) ? sum + x[3]([at[1]]) : sum;
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(1, 2, 4, 5), Operand.F32(3, 2, 2, 2), Operand.F32(1, 8, 3, 4)),
        new(this with { Pads = [1, 1, 1, 1], Strides = [2, 1], OffsetGroup = 2, Group = 2 }, Operand.F32(1, 4, 4, 3), Operand.F32(2, 2, 3, 2), Operand.F32(1, 24, 2, 4), Operand.F32(2), Operand.F32(1, 12, 2, 4)),
    ];
}
