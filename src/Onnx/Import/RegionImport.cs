using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>Imports graphs that stand in attributes: their values get names unique in the model, and they read those of the graphs around them.</summary>
/// <param name="import">What all graphs of the model share.</param>
/// <param name="scope">Names of the graph around.</param>
/// <param name="depth">Graphs around this one.</param>
internal sealed class RegionImport(Importing import, Scope scope, int depth)
{
    /// <summary>Graphs inside one another, more than any exporter writes.</summary>
    private const int Deepest = 40;

    /// <summary>Imports the nodes of a graph behind those that a builder holds already.</summary>
    /// <param name="graph">From an attribute.</param>
    /// <param name="node">The node it belongs to.</param>
    /// <param name="builder">Takes the nodes.</param>
    /// <param name="inputs">What the graph's inputs are.</param>
    /// <returns>What it returns; null where something is wrong with it, which has been said.</returns>
    public Seq<Value>? Nodes(GraphProto graph, OnnxNode node, GraphBuilder builder, Seq<Value> inputs)
    {
        if (depth >= Deepest) throw new DiagnosticException(Faults.RegionsTooDeep(node.Where, Deepest));
        if (graph.Input.Count != inputs.Count) throw new DiagnosticException(Faults.Misfit(node.Where, $"the graph {graph.Name} takes {graph.Input.Count} inputs, {node.OpType} gives it {inputs.Count}", ""));
        var (inside, report) = (new Scope(scope), import.Report);
        var opsets = new Opsets([new OperatorSetIdProto { Version = node.Opset }]);
        var nodes = new FunctionInliner(import.Functions, import.Names, report).Inline(graph.Node, opsets);
        var (faults, given) = (report.Errors, new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var (input, value) in graph.Input.Zip(inputs))
        {
            import.Values[value.Name] = value;
            Give(input.Name, "an input", value.Name);
        }
        foreach (var tensor in graph.Initializer) Weight(tensor.Name, () => import.Tensors.Read(tensor, tensor.Name));
        foreach (var sparse in graph.SparseInitializer) Weight(sparse.Values?.Name ?? "", () => import.Tensors.Read(sparse, sparse.Values?.Name ?? ""));
        var made = nodes.SelectMany(n => n.Outputs).ToHashSet(StringComparer.Ordinal);
        foreach (var name in scope.Visible.Where(name => !made.Contains(name))) given.TryAdd(name, "the graph around");
        var ordered = NodeOrder.Sort(nodes, given, graph.Output.Select(o => o.Name), report);
        NodeImport.CheckOperators(ordered, report);
        foreach (var name in made.Where(name => name != "")) inside[name] = import.Names.Fresh(name);
        var nested = new NodeImport(builder, import, inside, depth + 1);
        foreach (var each in ordered) nested.Add(each with { Inputs = [.. each.Inputs.Select(i => inside[i])], Outputs = [.. each.Outputs.Select(o => inside[o])] });
        if (report.Errors > faults || graph.Output.Any(o => !import.Values.ContainsKey(inside[o.Name]))) return null;
        return [.. graph.Output.Select(o => import.Values[inside[o.Name]])];

        void Weight(string name, Func<TensorContents> read)
        {
            var unique = import.Names.Fresh(name);
            if (report.Try(() => read().AsWeight(unique)) is { } weight) import.Values[unique] = weight;
            Give(name, "a weight", unique);
        }

        void Give(string name, string what, string unique)
        {
            if (name == "") report.Add(Faults.NoName(what));
            else if (!given.TryAdd(name, what)) report.Add(Faults.Duplicate(name, given[name], what));
            inside[name] = unique;
        }
    }
}
