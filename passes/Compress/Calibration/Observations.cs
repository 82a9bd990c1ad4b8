using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A graph whose f32 values come out beside its outputs, as calibration runs it.</summary>
public static class Observations
{
    /// <summary>Every f32 value of the graph itself that a run computes or is given, and the axis along which its channels lie.</summary>
    public static IReadOnlyDictionary<Value, int> Of(Graph graph)
    {
        var axes = new Dictionary<Value, int>();
        foreach (var node in graph.Nodes)
            foreach (var use in WeightUse.Of(node).Where(use => use.Kind != WeightKind.Rows))
            {
                var formula = Formula.Of(node)!;
                var along = formula.ReadsOf(use.Weight).First();
                if (Place([.. formula.Axes], along.At[use.Output]) is { } made) axes.TryAdd(node.Result, made);
                foreach (var load in formula.Reads)
                    if (formula.Operand(load) is { IsWeight: false } read && Place(load.At, along.At[use.Input]) is { } channel) axes[read] = channel;
            }
        // What is computed in place has the channels of what it reads, and the other way round.
        foreach (var nodes in new[] { graph.Nodes, [.. graph.Nodes.Reverse()] })
            foreach (var node in nodes)
                if (Formula.Of(node) is { HasReduce: false } formula)
                    foreach (var read in node.Reads.Where(v => !v.IsWeight && v.Type.Rank == node.Result.Type.Rank && formula.ReadsInPlace(v)))
                        if (axes.TryGetValue(read, out var channel)) axes.TryAdd(node.Result, channel);
                        else if (axes.TryGetValue(node.Result, out channel)) axes.TryAdd(read, channel);
        return graph.Inputs.Concat(graph.Nodes.SelectMany(n => n.Results)).Where(v => v.Type.Encoding is Dense { Kind: Scalar.F32 })
            .ToDictionary(v => v, v => Counted(v, axes.TryGetValue(v, out var axis) ? axis : v.Type.Rank >= 4 ? 1 : Math.Max(0, v.Type.Rank - 1)));
    }

    /// <summary>An axis that has as many channels in every run; -1 where a value has none: then it is one channel.</summary>
    private static int Counted(Value value, int axis) => value.Type.Rank == 0 || value.Type.Shape[axis] is Number ? axis : value.Type.Shape.Index().LastOrDefault(p => p.Item is Number { Integer: > 1 }, (-1, 0)).Index;

    /// <summary>The graph with values as outputs behind its own; those that are outputs or inputs already need none.</summary>
    public static Graph Beside(Graph graph, IEnumerable<Value> values) => graph with { Outputs = [.. graph.Outputs, .. values.Except(graph.Outputs).Except(graph.Inputs)] };

    private static int? Place(Seq<Expr> at, Expr index) => index is Axis && at.Index().Where(p => p.Item == index).ToList() is [var only] ? only.Index : null;
}
