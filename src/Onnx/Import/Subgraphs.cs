using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>Graphs inside attributes: what they read from the graph around them.</summary>
internal static class Subgraphs
{
    public static IEnumerable<GraphProto> Of(IEnumerable<AttributeProto> attributes) => attributes.SelectMany(a => a.G is null ? a.Graphs : a.Graphs.Prepend(a.G));

    /// <summary>Names that graphs inside read and do not make, each once.</summary>
    public static IEnumerable<string> Captured(IEnumerable<AttributeProto> attributes) => Of(attributes).SelectMany(Captured).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Captured(GraphProto graph)
    {
        var own = Made(graph);
        return graph.Node.SelectMany(n => n.Input.Concat(Captured(n.Attribute))).Concat(graph.Output.Select(o => o.Name)).Where(name => name != "" && !own.Contains(name));
    }

    /// <summary>Names that a graph makes itself.</summary>
    public static HashSet<string> Made(GraphProto graph) => graph.Input.Select(i => i.Name)
        .Concat(graph.Initializer.Select(t => t.Name)).Concat(graph.SparseInitializer.Select(t => t.Values?.Name ?? ""))
        .Concat(graph.Node.SelectMany(n => n.Output)).ToHashSet(StringComparer.Ordinal);
}
