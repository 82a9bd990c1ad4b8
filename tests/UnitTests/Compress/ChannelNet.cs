using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.UnitTests.Compress;

/// <summary>A random network in which channels of values depend on one another in all ways that structured pruning must follow. The same for the same seed.</summary>
internal sealed class ChannelNet
{
    private readonly Random random;
    private readonly GraphBuilder build;
    private int names;

    /// <param name="open">Whether the number of images is a dimension of the run.</param>
    public ChannelNet(int seed, int steps = 7, bool open = false)
    {
        random = new(seed);
        var image = new Value("image", new([open ? Symbol.Of("N", 1, 8) : 2, 3, 6, 5], Scalar.F32));
        build = new("net", image);
        var all = new List<Value> { Conv(image, 8, 3) };
        for (var i = 0; i < steps; i++) all.Add(Image(all));
        var x = all[^1];
        // Tokens, attention, a hidden layer.
        var channels = x.Type.Shape[1].Whole;
        x = Add("tokens", new Transpose([0, 2, 1]), Add("flat", new Reshape(), x, Wholes(0, channels, -1)));
        x = Product(x, 12);
        var residual = x;
        if (random.Next(2) == 0) x = Norm(x);
        x = Add("sum", new Add(), Attention(x), residual);
        x = Add("sum", new Add(), Product(Add("act", new Erf(), Product(x, 10)), 12), x);
        x = Product(Add("mean", new ReduceMean(Keepdims: false), x, Wholes(1)), 4);
        Graph = build.Return(x);
    }

    public Graph Graph { get; }

    /// <summary>A tensor for the only input.</summary>
    public Tensor Image(int count = 2) => Tensor.Of([count, 3, 6, 5], Numbers(count * 90));

    private Value Image(List<Value> all)
    {
        var x = all[^(1 + random.Next(Math.Min(all.Count, 2)))];
        var channels = (int)x.Type.Shape[1].Whole;
        switch (random.Next(9))
        {
            case 0: return Conv(x, 4 * random.Next(1, 4), 1);
            case 1: return Conv(x, 4 * random.Next(1, 4), 3);
            case 2: return Conv(x, channels, 3, channels);
            case 3: return Conv(x, 8, 3, 2);
            case 4: return all.FindLast(y => y != x && y.Type.Shape == x.Type.Shape) is { } other ? Add("sum", new Add(), x, other) : Add("sum", new Add(), x, Conv(x, channels, 1));
            case 5: return Add("cat", new Concat(1), x, all[random.Next(all.Count)]);
            case 6: return Add("norm", new InstanceNormalization(), x, Weight(channels), Weight(channels));
            case 7:
                // Squeeze and excitation: a number for each channel from the channels' means.
                var mean = Add("squeeze", new GlobalAveragePool(), x);
                return Add("scaled", new Mul(), x, Add("gate", new Sigmoid(), Conv(Add("act", new Relu(), Conv(mean, 6, 1)), channels, 1)));
            default: return Add("act", new Relu(), Add("shift", new Add(), Add("scale", new Mul(), x, Weight(channels, 1, 1)), Weight(channels, 1, 1)));
        }
    }

    private Value Attention(Value x)
    {
        Value Heads(Value y) => Add("heads", new Transpose([0, 2, 1, 3]), Add("split", new Reshape(), y, Wholes(0, 0, 4, 3)));
        Value q, k, v;
        if (random.Next(2) == 0) (q, k, v) = (Heads(Product(x, 12)), Heads(Product(x, 12)), Heads(Product(x, 12)));
        else
        {
            // Queries, keys and values side by side, as one product makes them.
            var joint = Add("five", new Transpose([2, 0, 3, 1, 4]), Add("parts", new Reshape(), Product(x, 36), Wholes(0, 0, 3, 4, 3)));
            Value Part(int i) => Add("part", new Squeeze(), Add("slice", new Slice(), joint, Wholes(i), Wholes(i + 1), Wholes(0)), Wholes(0));
            (q, k, v) = (Part(0), Part(1), Part(2));
        }
        var scores = Add("scores", new Softmax(), Add("products", new MatMul(), q, Add("keys", new Transpose([0, 1, 3, 2]), k)));
        var mixed = Add("mixed", new Transpose([0, 2, 1, 3]), Add("values", new MatMul(), scores, v));
        return Product(Add("joined", new Reshape(), mixed, Wholes(0, 0, 12)), 12);
    }

    private Value Norm(Value x)
    {
        var less = Add("less", new Sub(), x, Add("mean", new ReduceMean(), x, Wholes(-1)));
        return Add("norm", new Mul(), Add("unit", new Div(), less, Add("spread", new Sqrt(), Add("variance", new ReduceMean(), Add("square", new Mul(), less, less), Wholes(-1)))), Weight(12));
    }

    private Value Conv(Value x, int channels, int taps, int groups = 1) =>
        Add("conv", new Conv(Group: groups, Pads: taps == 3 && x.Type.Shape[2].Whole > 1 ? [1, 1, 1, 1] : [0, 0, 0, 0]), x, Weight(channels, x.Type.Shape[1].Whole / groups, taps, taps), random.Next(2) == 0 ? Weight(channels) : null);

    private Value Product(Value x, int columns) => Add("biased", new Add(), Add("product", new MatMul(), x, Weight(x.Type.Shape[^1].Whole, columns)), Weight(columns));

    private Value Add(string name, Op op, params Seq<Value?> operands) => build.Add($"{name}{names++}", op, operands);

    private Value Weight(params long[] shape) => new($"w{names++}", new([.. shape.Select(d => (Expr)d)], Scalar.F32), [Bytes.Of<float>(Numbers((int)shape.Aggregate(1L, (a, b) => a * b)))]);

    private Value Wholes(params Seq<long> numbers) => new($"whole{names++}", new([numbers.Count], Scalar.I64), [Bytes.Of(numbers.AsSpan())]);

    private float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 2 - 1))];
}
