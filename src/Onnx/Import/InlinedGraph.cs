using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>A graph in an attribute as nodes of the graph around it: its own names made unique, its inputs other values.</summary>
internal static class InlinedGraph
{
    /// <param name="inputs">Names of what stands for its inputs.</param>
    /// <param name="near">What the fresh names begin with.</param>
    /// <returns>The nodes, of the newest opset, and the names of its outputs.</returns>
    public static (IReadOnlyList<OnnxNode> Nodes, Seq<string> Outputs) Of(GraphProto graph, Seq<string> inputs, string near, RaiseScope scope)
    {
        if (inputs.Count != graph.Input.Count) throw new TypeException($"the graph {graph.Name} takes {graph.Input.Count} values, it is given {inputs.Count}");
        var map = graph.Input.Zip(inputs).ToDictionary(p => p.First.Name, p => p.Second, StringComparer.Ordinal);
        foreach (var weight in graph.Initializer) map[weight.Name] = scope.Tensor($"{near}/{weight.Name}", weight);
        foreach (var made in graph.Node.SelectMany(n => n.Output).Where(name => name != "")) map[made] = scope.Fresh($"{near}/{made}");
        string Outer(string name) => map.GetValueOrDefault(name, name);
        var nodes = graph.Node.Select(node => OnnxNode.Of(node, Opsets.Domain(node.Domain), Opsets.Newest)).Select(node =>
            Subgraphs.Of(node.Attributes.Values).Any() ? throw new TypeException($"the graph {graph.Name} has graphs in it") : node with { Inputs = [.. node.Inputs.Select(Outer)], Outputs = [.. node.Outputs.Select(Outer)] });
        return ([.. nodes], [.. graph.Output.Select(o => Outer(o.Name))]);
    }
}
