using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Gives what a graph returns a place of its own: every output is computed in the graph, and no two are the same value.</summary>
internal static class Apart
{
    /// <summary>An output that is an input, a weight, a value from around or another output is copied; so is one whose size a branch or loop decides, for it is stored before it is known whether it fits.</summary>
    public static Graph Outputs(Graph graph, Func<TensorType, bool> isLate)
    {
        // The copy is the output and has its name.
        var made = graph.Nodes.Where(n => n.Op is RegionOp).SelectMany(n => n.Results).Where(v => graph.Outputs.Contains(v) && isLate(v.Type)).ToDictionary(v => v, v => new Value($"{v.Name}.made", v.Type, default, v.Known));
        var (renamed, names) = (graph.Map(v => made.GetValueOrDefault(v, v)), made.ToDictionary(p => p.Value, p => p.Key.Name));
        return Copied(renamed, (output, i) => names.ContainsKey(output) ? null : output,
            (output, i) => new(names.Remove(output, out var name) ? name : $"{output.Name}.output{i}", output.Type.Elementwise));
    }

    /// <summary>The region with the results of the node around it in place of what it returns.</summary>
    public static Graph Results(Graph region, Seq<Value> results)
    {
        var renamed = new Dictionary<Value, Value>();
        var copied = Copied(region, (output, i) => IsAlike(output.Type, results[i].Type) ? output : null, (output, i) => new(results[i].Name, output.Type.Elementwise));
        foreach (var (output, result) in copied.Outputs.Zip(results)) if (output.Name != result.Name) renamed[output] = new(result.Name, output.Type, default, output.Known);
        return copied.Map(v => renamed.GetValueOrDefault(v, v));
    }

    private static bool IsAlike(TensorType made, TensorType wanted) => made.Encoding == wanted.Encoding && made.Order == wanted.Order;

    /// <param name="graph">Any graph.</param>
    /// <param name="keep">The output itself where it may stay; null where it must be copied.</param>
    /// <param name="copy">What an output is copied to.</param>
    private static Graph Copied(Graph graph, Func<Value, int, Value?> keep, Func<Value, int, Value> copy)
    {
        var (nodes, outputs, made) = (graph.Nodes.ToList(), new List<Value>(), graph.Nodes.SelectMany(n => n.Results).ToHashSet());
        foreach (var (i, output) in graph.Outputs.Index())
        {
            if (made.Contains(output) && keep(output, i) is { } same && made.Remove(output)) { outputs.Add(same); continue; }
            var other = copy(output, i);
            nodes.Add(new(new Ir.Ops.Identity(), [output], [other]));
            outputs.Add(other);
        }
        return graph with { Nodes = [.. nodes], Outputs = [.. outputs] };
    }
}
