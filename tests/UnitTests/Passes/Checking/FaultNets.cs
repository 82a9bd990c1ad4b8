using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.UnitTests.Passes.Checking;

/// <summary>Six small networks of usual kinds, with enough steps that a fault has somewhere to hide.</summary>
internal static class FaultNets
{
    public static IReadOnlyList<(string Name, Func<Graph> Make)> All { get; } = [("images", Images), ("attention", Attention), ("gates", Gates), ("pieces", Pieces), ("batches", Batches), ("tables", Tables)];

    /// <summary>Convolutions with normalizations, pools, a head.</summary>
    private static Graph Images()
    {
        var net = new Net();
        var x = net.Input("image", 1, 3, 12, 12);
        for (var i = 1; i <= 3; i++)
        {
            var c = net.Add($"conv{i}", new Conv(Pads: [0, 1, 2, 1]), x, Small(net, $"conv{i}.w", 8, i == 1 ? 3 : 8, 3, 3), net.Weight($"conv{i}.b", 8));
            var s = net.Add($"shift{i}", new Sub(), c, net.Weight($"shift{i}.w", 1, 8, 1, 1));
            var n = net.Add($"scale{i}", new Mul(), s, Small(net, $"scale{i}.w", 8));
            x = net.Add($"relu{i}", new Relu(), n);
            if (i == 2) x = net.Add("residual", new Sub(), x, net.Add("tanh", new Tanh(), x));
        }
        var p = net.Add("pool", new MaxPool([3, 3], Pads: [0, 0, 2, 2], Strides: [2, 2]), x);
        var a = net.Add("mean", new AveragePool([2, 2], Strides: [2, 2]), p);
        var f = net.Add("flat", new Flatten(), a);
        var g = net.Add("head", new Gemm(), f, Small(net, "head.w", 72, 10), net.Weight("head.b", 10));
        return net.Return(net.Add("scores", new Softmax(), g));
    }

    /// <summary>A layer of a transformer: scores, softmax, a residual, a normalization, a gated product.</summary>
    private static Graph Attention()
    {
        var net = new Net();
        var x = net.Input("tokens", 8, 16);
        var root = net.Add("root", new Sqrt(), net.Add("variance", new Exp(), net.Weight("log_variance", 16)));
        var n = net.Add("normal", new Div(), net.Add("centred", new Sub(), x, net.Weight("mean", 16)), root);
        var (q, k, v) = (Product("q", n), Product("k", n), Product("v", n));
        var t = net.Add("k.t", new Transpose([1, 0]), k);
        var s = net.Add("scores", new MatMul(), q, t);
        var m = net.Add("weights", new Softmax(), net.Add("scaled", new Div(), s, Net.Constant("eight", 8)));
        var r = net.Add("residual", new Add(), net.Add("mixed", new MatMul(), m, v), x);
        var h = net.Add("gate", new Sigmoid(), net.Add("hidden.sum", new Add(), Product("hidden", r), net.Weight("hidden.b", 16)));
        var u = net.Add("gated", new Mul(), h, net.Add("up.relu", new Relu(), Product("up", r)));
        return net.Return(net.Add("out", new Sub(), net.Add("down.exp", new Exp(), net.Add("down.small", new Div(), Product("down", u), Net.Constant("hundred", 400))), r));

        Value Product(string name, Value from) => net.Add(name, new MatMul(), from, Small(net, $"{name}.w", 16, 16));
    }

    /// <summary>Recurrent gates written out, step after step.</summary>
    private static Graph Gates()
    {
        var net = new Net();
        var (x, h) = (net.Input("frames", 4, 8), net.Input("state", 1, 8));
        for (var i = 0; i < 3; i++)
        {
            var frame = net.Add($"frame{i}", new Slice(), x, Net.Wholes($"from{i}", i + 1), Net.Wholes($"to{i}", i + 2), Net.Wholes($"axis{i}", 0));
            var both = net.Add($"both{i}", new Concat(1), frame, h);
            var z = net.Add($"z{i}", new Sigmoid(), net.Add($"z.sum{i}", new Add(), net.Add($"z.product{i}", new MatMul(), both, Small(net, $"z.w{i}", 16, 8)), net.Weight($"z.b{i}", 8)));
            var c = net.Add($"c{i}", new Tanh(), net.Add($"c.product{i}", new MatMul(), both, Small(net, $"c.w{i}", 16, 8)));
            h = net.Add($"h{i}", new Add(), net.Add($"new{i}", new Mul(), z, c), net.Add($"old{i}", new Mul(), net.Add($"keep{i}", new Sub(), Net.Constant($"one{i}", 1), z), h));
        }
        return net.Return(h, net.Add("clipped", new Clip(), h, Net.Constant("low", -0.2f), Net.Constant("high", 0.3f)));
    }

    /// <summary>Parts cut, turned and put together again, between sums along both axes.</summary>
    private static Graph Pieces()
    {
        var net = new Net();
        var x = net.Input("x", 8, 8);
        var t = net.Add("turned", new Transpose([1, 0]), x);
        var e = net.Add("grown", new Exp(), t);
        var s = net.Add("shares", new Softmax(0), e);
        var upper = net.Add("upper", new Slice(), s, Net.Wholes("u0", 4), Net.Wholes("u1", 8), Net.Wholes("ua", 0));
        var lower = net.Add("lower", new Slice(), x, Net.Wholes("l0", 2), Net.Wholes("l1", 6), Net.Wholes("la", 0));
        var c = net.Add("joined", new Concat(0), net.Add("left", new Tanh(), upper), net.Add("right", new Sigmoid(), lower));
        var w = net.Add("product", new Gemm(), c, Small(net, "w", 8, 8), net.Weight("b", 8));
        var r = net.Add("positive", new Relu(), w);
        var q = net.Add("quotient", new Div(), r, net.Add("above", new Add(), r, Net.Constant("more", 1.5f)));
        return net.Return(net.Add("y", new Clip(), net.Add("lifted", new Sub(), q, net.Add("back", new Transpose([1, 0]), t)), Net.Constant("floor", -0.5f), Net.Constant("ceiling", 0.5f)), q);
    }

    /// <summary>Two layers over any number of rows.</summary>
    private static Graph Batches()
    {
        var net = new Net();
        var n = Symbol.Of("n", 1, 64);
        var x = net.Input("rows", n, 12);
        var a = net.Add("first", new Gemm(), x, Small(net, "first.w", 12, 24), net.Weight("first.b", 24));
        var r = net.Add("first.relu", new Relu(), net.Add("first.shift", new Sub(), a, net.Weight("first.s", 24)));
        var b = net.Add("second", new Gemm(), r, Small(net, "second.w", 24, 12), net.Weight("second.b", 12));
        var d = net.Add("change", new Sub(), b, x);
        return net.Return(net.Add("z", new Div(), net.Add("gate", new Sigmoid(), d), net.Add("size", new Exp(), net.Add("flattened", new Tanh(), d))));
    }

    /// <summary>Tables worked out of weights that are too large to fold in the compiler's own loops.</summary>
    private static Graph Tables()
    {
        var net = new Net();
        var x = net.Input("x", 260, 260);
        var ratio = net.Add("ratio", new Div(), net.Weight("a", 260, 260), net.Weight("b", 260, 260));
        var root = net.Add("root", new Sqrt(), net.Weight("c", 260, 260));
        return net.Return(net.Add("y", new Tanh(), net.Add("rest", new Sub(), net.Add("product", new Mul(), x, ratio), root)));
    }

    /// <summary>Numbers small and of both signs, so that sums neither vanish nor grow.</summary>
    private static Value Small(Net net, string name, params long[] shape) => net.Weight(name, shape) is var w && name.StartsWith("scale", StringComparison.Ordinal)
        ? new Value(name, new TensorType([1, shape[0], 1, 1], Scalar.F32), w.Planes)
        : new Value(name, w.Type, [Bytes.Of<float>(w.Planes[0].ToArray<float>().Select(v => (v - 1) / 2).ToArray())]);
}
