using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Passes.Checking;

/// <summary>Faults of passes on graphs: what a wrong rewrite leaves behind.</summary>
internal static class GraphFaults
{
    public static IEnumerable<SeededFault> All =>
    [
        Step("simplify", "operands of a subtraction swapped", n => n.Op is Sub, Swapped),
        Step("simplify", "operands of a division swapped", n => n.Op is Div, Swapped),
        Step("simplify", "a convolution's pads of the other side", n => n.Op is Conv { Pads: [_, ..] }, n => With(n, (Conv)n.Op with { Pads = [.. ((Conv)n.Op).Pads[^2..], .. ((Conv)n.Op).Pads[..^2]] })),
        Step("simplify", "a convolution without its bias", n => n is { Op: Conv, Operands.Count: 3 }, n => n with { Operands = n.Operands[..2] }),
        Step("simplify", "a product without its bias", n => n is { Op: Gemm, Operands.Count: 3 }, n => n with { Operands = n.Operands[..2] }),
        Step("simplify", "softmax along another axis", n => n.Op is Softmax && n.Result.Type.Rank > 1, n => With(n, (Softmax)n.Op with { Axis = -2 })),
        Step("simplify", "the parts of a concatenation in the other order", n => n.Op is Concat && n.Operands.All(v => v!.Type == n.Operands[0]!.Type), n => n with { Operands = [.. n.Operands.Reverse()] }),
        Step("simplify", "an activation dropped", n => n.Op is Relu, n => With(n, new Identity())),
        Step("simplify", "tanh taken for sigmoid", n => n.Op is Tanh, n => With(n, new Sigmoid())),
        Step("simplify", "the largest in place of the mean", n => n.Op is AveragePool, n => With(n, new MaxPool(((AveragePool)n.Op).KernelShape, Strides: ((AveragePool)n.Op).Strides))),
        Step("simplify", "a slice one further", n => n.Op is Slice && Whole(n, 1) is > 0, n => n with { Operands = n.Operands.With(1, Wholes(n, 1, -1)).With(2, Wholes(n, 2, -1)) }),
        new("simplify", "a folded weight 1 % too large", (before, after) => new(Map(after.MustBeGraph, before.MustBeGraph.Weights.ToHashSet() is var old ? v => v.IsWeight && v.Type.Scalar == Scalar.F32 && !old.Contains(v) ? Scaled(v, 1.01f) : v : null!))),

        Grouped("fuse", "operands of a subtraction swapped", n => n.Op is Sub, Swapped),
        Grouped("fuse", "operands of a division swapped", n => n.Op is Div, Swapped),
        Grouped("fuse", "an activation lost at the end of a group", n => n.Op is Relu, n => With(n, new Identity())),
        Grouped("fuse", "a product taken for a sum", n => n.Op is Mul, n => With(n, new Add())),
        Grouped("fuse", "tanh in place of sigmoid", n => n.Op is Sigmoid, n => With(n, new Tanh())),
        Grouped("fuse", "a bias lost in an epilogue", n => n.Op is Add && n.Operands[1]!.IsWeight, n => n with { Op = new Identity(), Operands = n.Operands[..1] }),
        Grouped("fuse", "a clip without its bounds", n => n.Op is Clip, n => n with { Operands = n.Operands[..1] }),

        Step("spread_moves", "a permutation of the wrong axes", n => n.Op is Transpose && n.Result.Type.Shape is [.., var a, var b] && a == b, n => n with { Op = new Identity() }),
        Step("spread_moves", "the exponential of the negative", n => n.Op is Exp, n => With(n, new Neg())),

        Step("channels_last", "an activation lost beside a convolution", n => n.Op is Relu && n.Result.Type.Rank == 4, n => With(n, new Identity())),
        Step("channels_last", "a pool along the wrong padding", n => n.Op is MaxPool { Pads: [_, ..] }, n => With(n, (MaxPool)n.Op with { Pads = [.. ((MaxPool)n.Op).Pads[^2..], .. ((MaxPool)n.Op).Pads[..^2]] })),
        Step("channels_last", "operands of a subtraction swapped", n => n.Op is Sub && n.Result.Type.Order is not [], Swapped),
    ];

    private static SeededFault Step(string pass, string what, Func<Node, bool> where, Func<Node, Node> spoil) => new(pass, what, (_, after) => new(Steps(after.MustBeGraph, n => where(n) ? spoil(n) : n)));

    /// <summary>In groups only: a fault of what joins steps.</summary>
    private static SeededFault Grouped(string pass, string what, Func<Node, bool> where, Func<Node, Node> spoil) => new(pass, what, (_, after) =>
        new(after.MustBeGraph with { Nodes = [.. after.MustBeGraph.Nodes.Select(n => n.Body is null ? n : Spoiled(n, s => where(s) ? spoil(s) : s))] }));

    private static Graph Steps(Graph graph, Func<Node, Node> spoil) => graph with { Nodes = [.. graph.Nodes.Select(n => Spoiled(n, spoil))] };

    private static Node Spoiled(Node node, Func<Node, Node> spoil) => node.Body is { } body ? Fused.Of([.. body.Nodes.Select(spoil)]) : spoil(node);

    private static Graph Map(Graph graph, Func<Value, Value> map)
    {
        var known = new Dictionary<Value, Value>();
        return graph.Map(v => known.TryGetValue(v, out var other) ? other : known[v] = map(v));
    }

    private static Node With(Node node, Op op) => node with { Op = op };

    private static Node Swapped(Node node) => node.Operands[0]!.Type == node.Operands[1]!.Type ? node with { Operands = [node.Operands[1], node.Operands[0]] } : node;

    private static long? Whole(Node node, int operand) => node.Operands.Count > operand && node.Operands[operand]?.Known is [Number n] ? n.Integer : null;

    private static Value Wholes(Node node, int operand, long more) => new($"{node.Result.Name}.moved{operand}", node.Operands[operand]!.Type, [Bytes.Of<long>([Whole(node, operand)!.Value + more])]);

    private static Value Scaled(Value weight, float by) => new(weight.Name, weight.Type, [Bytes.Of<float>(weight.Planes[0].ToArray<float>().Select(x => x * by).ToArray())]);
}
