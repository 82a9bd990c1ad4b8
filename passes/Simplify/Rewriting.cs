using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Other values in place of some.</summary>
public static class Rewriting
{
    /// <summary>The graph with every value as <paramref name="map"/> gives it, inner graphs included.</summary>
    public static Graph Map(this Graph graph, Func<Value, Value> map) => graph with
    {
        Inputs = [.. graph.Inputs.Select(map)],
        Nodes = [.. graph.Nodes.Select(n => n.Map(map))],
        Outputs = [.. graph.Outputs.Select(map)],
    };

    /// <summary>The graph with the graphs inside its branches and loops as <paramref name="map"/> gives them.</summary>
    public static Graph MapInside(this Graph graph, Func<Graph, Graph> map) => graph.Nodes.Any(n => n.Op is RegionOp)
        ? graph with { Nodes = [.. graph.Nodes.Select(n => n.Op is RegionOp ? n with { Regions = [.. n.Regions.Select(map)] } : n)] } : graph;

    /// <summary>The node with every value as <paramref name="map"/> gives it; the same object where none differs.</summary>
    public static Node Map(this Node node, Func<Value, Value> map)
    {
        if (node.Regions.Count == 0 && node.Reads.Concat(node.Results).All(v => ReferenceEquals(map(v), v))) return node;
        return new(node.Op, [.. node.Operands.Select(v => v is null ? null : map(v))], [.. node.Results.Select(map)], [.. node.Regions.Select(r => r.Map(map))]);
    }
}
