using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Steps that do the same to the same operands are done once; small weights with the same bytes are one.</summary>
public static class CommonSteps
{
    /// <summary>Most bytes of a weight that is compared by contents.</summary>
    private const long MostBytes = 1 << 16;

    /// <param name="graph">Whose steps.</param>
    /// <param name="may">Whether a step may give way to another.</param>
    public static Graph Share(Graph graph, Func<Node, bool> may)
    {
        var (weights, instead) = (new Dictionary<(TensorType, string), Value>(), new Dictionary<Value, Value>());
        foreach (var weight in graph.Weights)
            if (weight.Type.Encoding is Dense && weight.Planes[0].Length <= MostBytes && !weights.TryAdd((weight.Type, weight.Planes[0].Hash), weight)) instead[weight] = weights[(weight.Type, weight.Planes[0].Hash)];
        return Share(graph, may, instead);
    }

    /// <param name="graph">The graph, or one inside.</param>
    /// <param name="may">Whether a step may give way to another.</param>
    /// <param name="instead">What values of graphs around, and weights, became.</param>
    private static Graph Share(Graph graph, Func<Node, bool> may, Dictionary<Value, Value> instead)
    {
        var first = new Dictionary<(Op, Seq<Value?>, int), Node>();
        Value Current(Value value) => instead.GetValueOrDefault(value, value);

        var (nodes, outputs) = (new List<Node>(), graph.Outputs.ToHashSet());
        foreach (var node in graph.Nodes)
        {
            var step = node.Map(Current);
            if (step.Op is RegionOp) step = step with { Regions = [.. step.Regions.Select(region => Share(region, may, new(instead)))] };
            if (step.Regions.Count == 0 && step.Op.Binds.Count == 0 && may(step) && !first.TryAdd((step.Op, step.Operands, step.Results.Count), step) && !step.Results.Any(outputs.Contains))
                foreach (var (mine, other) in step.Results.Zip(first[(step.Op, step.Operands, step.Results.Count)].Results)) instead[mine] = other;
            else nodes.Add(step);
        }
        return graph with { Nodes = [.. nodes], Outputs = [.. graph.Outputs.Select(Current)] };
    }
}
