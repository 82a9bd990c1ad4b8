using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Weights of a graph that may be stored otherwise: all who read one agree on how, and are selected.</summary>
internal static class CompressibleWeights
{
    /// <summary>A use of each.</summary>
    /// <param name="left">Is told of those that may not.</param>
    public static IEnumerable<WeightUse> Chosen(Graph graph, Func<Node, bool> actsOn, Action<WeightUse, string> left)
    {
        var readings = Reads(graph).CountBy(v => v).ToDictionary();
        foreach (var group in All(graph).ToLookup(use => use.Weight))
        {
            var (weight, mine) = (group.Key, group.ToList());
            if (!mine.Exists(use => actsOn(use.Node))) continue;
            var why = mine.Find(use => !actsOn(use.Node)) is { } other ? $"%{other.Node.Result.Name} reads it too and is not selected"
                : readings[weight] > mine.Count ? "a step that is no sum of products reads it too"
                : mine.Exists(use => use.Kind == WeightKind.Channelwise) ? "a channel's few taps lose most and save least"
                : mine.Exists(use => (use.Input, use.Output) != (mine[0].Input, mine[0].Output)) ? "steps sum it along different axes" : null;
            if (why is null) yield return mine[0];
            else left(mine[0], why);
        }
    }

    /// <summary>Weights that steps multiply, of one input or one output: what is chosen of a matrix has nothing to choose from.</summary>
    public static IEnumerable<(Node Node, Value Weight)> TooSmall(Graph graph, Func<Node, bool> actsOn) =>
        from node in graph.Nodes
        where node.Op is not RegionOp && actsOn(node)
        from weight in node.Reads.Where(v => v is { IsWeight: true, Type: { Rank: >= 2, IsStatic: true, Encoding: Dense { Kind: Scalar.F32 } } } && v.Type.Shape.Any(e => e is Number { Integer: 1 })).Distinct()
        where Formula.Of(node) is { } formula && IsMultiplied(formula, weight) && WeightUse.Of(node).All(use => use.Weight != weight)
        select (node, weight);

    /// <summary>Whether a number of a weight takes part in a product: with a sum around it, or without one where that had one number.</summary>
    private static bool IsMultiplied(Formula formula, Value weight) => formula.Number.Parts().Any(part => part is Binary { Operator: Operator.Multiply } product && Contraction.Factors(product).Any(factor => factor is Load load && formula.Operand(load) == weight)) && (formula.HasReduce || formula.Axes.Count > 1);

    private static IEnumerable<WeightUse> All(Graph graph) => graph.Nodes.SelectMany(node => WeightUse.Of(node).Concat(node.Op is RegionOp ? node.Regions.SelectMany(All) : []));

    private static IEnumerable<Value> Reads(Graph graph) => graph.Nodes.SelectMany(node => node.Reads.Concat(node.Op is RegionOp ? node.Regions.SelectMany(Reads) : [])).Concat(graph.Outputs);
}
