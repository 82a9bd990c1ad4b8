using Lathe.Ir;

namespace Lathe.Passes.Checking;

/// <summary>Some steps of a graph as a graph of their own: what they read from elsewhere becomes inputs, with what it was in a run of the whole.</summary>
/// <param name="whole">The graph.</param>
/// <param name="contents">Every value of a run of it, by name.</param>
internal sealed class Part(Graph whole, Dictionary<string, Tensor> contents)
{
    /// <summary>Steps in order, each with the number of the group that it runs in; those of groups one by one.</summary>
    public Seq<(Node Node, int Group)> Steps { get; } = [.. whole.Nodes.Index().SelectMany(n => (n.Item.Body?.Nodes ?? [n.Item]).Select(step => (step, n.Index)))];

    /// <summary>The steps, by number, that others among these need.</summary>
    /// <param name="among">Numbers of steps in order.</param>
    /// <param name="outputs">What is asked for.</param>
    public Seq<int> Needed(IEnumerable<int> among, Seq<Value> outputs)
    {
        var (read, kept) = (outputs.ToHashSet(), new List<int>());
        foreach (var i in among.Reverse())
        {
            if (!Steps[i].Node.Results.Any(read.Contains)) continue;
            kept.Add(i);
            read.UnionWith(Reads(Steps[i].Node));
        }
        kept.Reverse();
        return [.. kept];
    }

    /// <summary>The graph of some steps and its inputs; null where they make none: a shape that must be known is cut off, a dimension is nowhere, a value is encoded.</summary>
    public (Graph Graph, Tensor[] Inputs)? Cut(Seq<int> kept, Seq<Value> outputs, IReadOnlySet<Value>? asInputs = null)
    {
        var steps = kept.Select(i => Steps[i]).ToList();
        var made = steps.SelectMany(s => s.Node.Results).ToHashSet();
        if (steps.Count == 0 || !outputs.All(made.Contains)) return null;
        var (changed, inputs) = (new Dictionary<Value, Value>(), new List<Value>());
        foreach (var value in steps.SelectMany(s => Reads(s.Node)).Distinct().Where(v => !made.Contains(v)))
        {
            if (value.IsWeight && asInputs?.Contains(value) != true) continue;
            if (value.Type.Encoding is not Dense) return null;
            if (!value.IsWeight && Weight(value) is { } weight) changed[value] = weight;
            else if (contents.ContainsKey(value.Name)) inputs.Add(changed[value] = new Value(value.Name, value.Type with { Order = [] }));
            else return null;
        }
        foreach (var output in outputs) if (output.Type.Order is not []) changed[output] = output.With(output.Type with { Order = [] });
        var bound = inputs.SelectMany(v => v.Type.Shape).OfType<Symbol>().ToHashSet();
        if (steps.SelectMany(s => s.Node.Results).Concat(inputs).SelectMany(v => v.Type.Shape.Concat(v.Known ?? [])).SelectMany(e => e.Parts()).OfType<Symbol>().Any(s => !bound.Contains(s))) return null;
        var nodes = new List<Node>();
        foreach (var group in steps.GroupBy(s => s.Group)) nodes.Add(Fused.Of([.. group.Select(s => s.Node.Map(v => changed.GetValueOrDefault(v, v)))]));
        Seq<Guarded> guards = [.. whole.Guards.Where(g => g.Condition.Parts().OfType<Symbol>().All(bound.Contains))];
        var graph = new Graph(whole.Name, [.. inputs], [.. nodes], [.. outputs.Select(v => changed.GetValueOrDefault(v, v))], guards);
        return Verifier.Check(graph).Count > 0 ? null : (graph, [.. inputs.Select(v => contents[v.Name])]);
    }

    /// <summary>Keeps what a weight holds, so that it may be an input.</summary>
    public void Know(Value weight)
    {
        if (weight.Type is { Encoding: Dense, IsStatic: true } type) contents[weight.Name] = new(type.Scalar, [.. type.Shape.Select(e => e.Whole)], weight.Planes[0]);
    }

    private static IEnumerable<Value> Reads(Node node) => node.Reads.Concat(node.Regions.SelectMany(r => r.Captured)).Distinct();

    /// <summary>A value whose numbers are known when compiling, as the weight that it might be: what reads it may need to know them.</summary>
    private static Value? Weight(Value value)
    {
        if (value.Known is not { } known || known.Any(e => e is not Number) || !value.Type.IsStatic || known.Count != value.Type.Count) return null;
        var bytes = new byte[value.Type.Scalar.Bytes(known.Count)];
        for (var i = 0; i < known.Count; i++)
            if (value.Type.Scalar.IsReal) Numbers.Write(value.Type.Scalar, bytes, i, ((Number)known[i]).Real);
            else Numbers.WriteWhole(value.Type.Scalar, bytes, i, ((Number)known[i]).Integer);
        return new(value.Name, value.Type with { Order = [] }, [Bytes.Of(bytes)]);
    }
}
