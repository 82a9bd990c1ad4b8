using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.OracleTests;

/// <summary>A valid use of an operator of a family with shapes, axes, strides and kinds of numbers that a seed draws: empty tensors and tensors without axes among them.</summary>
internal sealed class RandomUse(ulong seed)
{
    private static readonly Scalar[] Reals = [Scalar.F32, Scalar.F32, Scalar.F64, Scalar.F16, Scalar.BF16];
    private static readonly Scalar[] Numeric = [.. Reals, Scalar.I8, Scalar.U8, Scalar.I16, Scalar.I32, Scalar.I64];

    private static readonly Type[] Unaries = All<Unary>(), Pairs = All<Pairwise>(), Reductions = All<Reduction>();

    private readonly RandomNumbers random = new(seed);

    public Example Unary() => Drawn(() => new(Make(Of(Unaries)), Tensor(Of(Reals), Shape(4))));

    public Example Pairwise() => Drawn(() =>
    {
        var (shape, op, kind) = (Shape(4), Make(Of(Pairs)), Of([.. Numeric, Scalar.Bool]));
        return new(op, Tensor(kind, Broadcast(shape)), Tensor(kind, Broadcast(shape)) with { Low = kind == Scalar.Bool ? 0 : 1, High = kind == Scalar.Bool ? 1 : 5 });
    });

    public Example Reduction() => Drawn(() =>
    {
        var (shape, keep) = (Shape(4, least: 1), Below(2) == 0);
        Seq<long> axes = [.. Enumerable.Range(0, shape.Count).Where(_ => Below(2) == 0).Select(axis => (long)(Below(2) == 0 ? axis : axis - shape.Count))];
        return new(Make(Of(Reductions), ("keepdims", keep)), axes.Count == 0 ? [Tensor(Of(Numeric), shape)] : [Tensor(Of(Numeric), shape), Operand.Wholes(axes)]);
    });

    public Example Move() => Drawn(() =>
    {
        var (shape, kind) = (Shape(4, least: 1), Of([.. Numeric, Scalar.Bool]));
        var (x, axis) = (Tensor(kind, shape), Below(shape.Count));
        switch (Below(7))
        {
            case 0: return new(new Transpose([.. Enumerable.Range(0, shape.Count).OrderBy(_ => random.Next()).Select(i => (long)i)]), x);
            case 1:
                var (from, to, step) = (Below(9) - 4, Below(9) - 4, new[] { -2, -1, 1, 2, 3 }[Below(5)]);
                return new(new Slice(), x, Operand.Wholes(from), Operand.Wholes(to), Operand.Wholes(axis), Operand.Wholes(step));
            case 2: return new(new Concat(axis - (Below(2) == 0 ? 0 : shape.Count)), x, Tensor(kind, shape.With(axis, Below(4))), Tensor(kind, shape.With(axis, 1 + Below(4))));
            case 3: return new(new Pad(Of(["constant", "edge", "reflect", "wrap"])), x, Operand.Wholes([.. Enumerable.Range(0, 2 * shape.Count).Select(_ => (long)Below(3) - (Below(5) == 0 ? 1 : 0))]));
            case 4: return new(new Gather(axis), x, Index(Shape(2), shape[axis]));
            case 5: return new(new Tile(), x, Operand.Wholes([.. shape.Select(_ => (long)Below(3))]));
            default: return new(new Expand(), Tensor(kind, Broadcast(shape)), Operand.Wholes(shape));
        }
    });

    public Example Convolution() => Drawn(() =>
    {
        var axes = 1 + Below(2);
        Seq<long> Many(int most, int least) => [.. Enumerable.Range(0, axes).Select(_ => (long)least + Below(most - least + 1))];
        var (group, each) = (new[] { 1, 1, 2, 3 }[Below(4)], 1 + Below(3));
        var (taps, strides, dilations) = (Many(3, 1), Many(3, 1), Many(2, 1));
        Seq<long> pads = [.. Many(2, 0), .. Many(2, 0)], image = [1 + Below(2), (long)group * each, .. Many(9, 4)];
        var filters = (long)group * (1 + Below(3));
        return Below(4) switch
        {
            0 => new(new ConvTranspose(Group: group, Strides: strides, Dilations: dilations, Pads: [.. pads.Select(p => Math.Min(p, 1))]), Operand.F32(image), Operand.F32([image[1], filters / group, .. taps])),
            1 => new(new MaxPool(taps, Strides: strides, Dilations: dilations, CeilMode: Below(2) == 0), Operand.F32(image)),
            2 => new(new AveragePool(taps, Strides: strides, Pads: [.. pads.Select((p, i) => Math.Min(p, taps[i % axes] - 1))], CountIncludePad: Below(2) == 0), Operand.F32(image)),
            _ => new(new Conv(Group: group, Strides: strides, Dilations: dilations, Pads: pads), Operand.F32(image), Operand.F32([filters, each, .. taps]), Below(2) == 0 ? null : Operand.F32(filters)),
        };
    });

    public Example Product() => Drawn(() =>
    {
        var (rows, sum, columns, kind) = (Below(20), Below(40), Below(20), Of([Scalar.F32, Scalar.F32, Scalar.F64, Scalar.F16, Scalar.I32]));
        if (Below(3) == 0)
        {
            var (turned, other) = (Below(2) == 0, Below(2) == 0);
            return new(new Gemm(TransA: turned, TransB: other), Tensor(kind, turned ? [sum, rows] : [rows, sum]), Tensor(kind, other ? [columns, sum] : [sum, columns]), Tensor(kind, Broadcast([rows, columns])));
        }
        if (Below(4) == 0) return new(new Einsum(Of(["bij,bjk->bik", "bij,bjk->ki", "bij,bjk->b"])), Tensor(kind, [2, rows, sum]), Tensor(kind, [2, sum, columns]));
        var batch = Shape(2);
        return new(new MatMul(), Tensor(kind, [.. Broadcast(batch), rows, sum]), Tensor(kind, [.. Broadcast(batch), sum, columns]));
    });

    public Example Normalization() => Drawn(() =>
    {
        var (shape, kind) = (Shape(4, least: 2), Of(Reals));
        var axis = Below(shape.Count) - (Below(2) == 0 ? 0 : shape.Count);
        var inner = shape[(axis < 0 ? axis + shape.Count : axis)..];
        return Below(5) switch
        {
            0 => new(new Softmax(axis), Tensor(kind, shape)),
            1 => new(new LogSoftmax(axis), Tensor(kind, shape)),
            2 => new(new LayerNormalization(axis), Tensor(kind, shape), Tensor(kind, inner), Tensor(kind, inner)),
            3 => new(new RMSNormalization(axis), Tensor(kind, shape), Tensor(kind, inner)),
            _ => new(new InstanceNormalization(), Tensor(kind, [.. shape, 3]), Tensor(kind, [shape[1]]), Tensor(kind, [shape[1]])),
        };
    });

    public Example Choice() => Drawn(() =>
    {
        var (shape, kind) = (Shape(3, least: 1), Of([Scalar.F32, Scalar.F64, Scalar.I32, Scalar.I64]));
        var axis = Below(shape.Count);
        var (x, some) = (Tensor(kind, shape), shape.With(axis, Below((int)shape[axis] + 1)));
        return Below(6) switch
        {
            0 => new(new TopK(axis, Largest: Below(2) == 0), x, Operand.Wholes(Below((int)shape[axis] + 1))),
            1 => new(new ArgMax(axis, Below(2) == 0, Below(2) == 0), x),
            2 => new(new CumSum(Below(2) == 0, Below(2) == 0), x, Operand.Wholes(axis)),
            3 => new(new GatherElements(axis), x, Index(some, shape[axis])),
            4 => new(new ScatterElements(axis, Of(["none", "add", "max", "min"])), x, Index(some, shape[axis]), Tensor(kind, some)),
            _ => new(new Where(), Tensor(Scalar.Bool, Broadcast(shape)), Tensor(kind, Broadcast(shape)), x),
        };
    });

    public Example Quantized() => Drawn(() =>
    {
        var (shape, kind) = (Shape(3, least: 1), Of([Scalar.U8, Scalar.I8]));
        var (axis, each) = (Below(shape.Count), Below(2) == 0);
        Seq<long> scales = each ? [shape[axis]] : [];
        var (scale, zero) = (Operand.F32(scales) with { Low = 0.01, High = 0.2 }, Tensor(kind, scales));
        return Below(2) == 0 ? new(new QuantizeLinear(axis), Operand.F32(shape), scale, zero) : new(new DequantizeLinear(axis), Tensor(kind, shape), scale, zero);
    });

    /// <summary>Draws until the operator takes it: what is drawn may pad more than there is, or read beyond.</summary>
    private static Example Drawn(Func<Example> draw)
    {
        while (true)
        {
            var example = draw();
            try
            {
                var values = example.Operands.Select((o, i) => o is null ? null : new Value($"x{i}", o.Type, o.Values is { } exact ? [Ir.Tensor.Of(o.Type.Scalar, [.. o.Type.Shape.Select(e => e.Whole)], exact.AsSpan()).Bytes] : default));
                if (example.Op.Infer(GraphBuilder.Operands([.. values])).All(t => t.Count < 4096)) return example;
            }
            catch (Exception e) when (e is TypeException or ArgumentException) { } // drawn again
        }
    }

    private static Type[] All<T>() => [.. Operators.All.Where(t => t.IsSubclassOf(typeof(T)) && RecordText.Parameters(t).All(p => !p.Required))];

    private static Op Make(Type type, params (string Name, object Value)[] given) => (Op)RecordText.Make(type, p => given.FirstOrDefault(g => g.Name == p.Name).Value);

    /// <summary>Extents from 0 to 5, 0 seldom.</summary>
    private Seq<long> Shape(int most, int least = 0) => [.. Enumerable.Range(0, least + Below(most - least + 1)).Select(_ => (long)(Below(12) == 0 ? 0 : 1 + Below(5)))];

    /// <summary>A shape that repeats to the one given: some extents are 1, some of the first are not there.</summary>
    private Seq<long> Broadcast(Seq<long> shape) => [.. shape.Select(extent => Below(4) == 0 ? 1 : extent).Skip(Below(3) == 0 ? Below(shape.Count + 1) : 0)];

    private Operand Index(Seq<long> shape, long extent) => new(new TensorType([.. shape.Select(d => (Expr)d)], Scalar.I64), extent == 0 ? 0 : -extent, Math.Max(0, extent - 1));

    private static Operand Tensor(Scalar kind, Seq<long> shape) => Operand.Of(kind, shape);

    private T Of<T>(T[] all) => all[Below(all.Length)];

    private int Below(int count) => (int)(random.Next() % (ulong)count);
}
