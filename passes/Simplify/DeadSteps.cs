using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Drops steps that make nothing anybody reads, and last results that nobody reads: a pool without its indices is one formula.</summary>
public static class DeadSteps
{
    public static Graph Drop(Graph graph) => Drop(graph, []);

    /// <param name="graph">The graph, or one inside.</param>
    /// <param name="named">Symbols that the graph around speaks of.</param>
    private static Graph Drop(Graph graph, HashSet<Expr> named)
    {
        var (read, kept) = (graph.Outputs.ToHashSet(), new List<Node>());
        // A step that gives a symbol its number lives as long as anything speaks of the symbol.
        void Name(IEnumerable<Expr> all) => named.UnionWith(all.SelectMany(e => e.Parts().OfType<Symbol>()));
        void NameValues(IEnumerable<Value> values) => Name(values.SelectMany(v => v.Type.Shape.Concat(v.IsWeight ? [] : v.Known ?? [])));
        NameValues(graph.Inputs.Concat(graph.Outputs));
        Name(graph.Guards.Select(g => g.Condition));
        foreach (var node in graph.Nodes.Reverse())
        {
            if (!node.Results.Any(read.Contains) && !node.Op.Binds.Any(named.Contains)) continue;
            NameValues(node.Results);
            if (node.Op is BindingOp binder) Name(binder.Most);
            if (node.Op is Ir.Ops.Loop { Rounds: { } rounds }) Name([rounds]);
            NameValues(node.Reads);
            var live = node.Op is RegionOp ? node with { Regions = [.. node.Regions.Select(region => Drop(region, named))] } : node;
            if (live.Op is FormulaOp && live.Results.Count > 1) live = live with { Results = [.. live.Results.Take(live.Results.Index().Last(r => read.Contains(r.Item)).Index + 1)] };
            kept.Add(live);
            read.UnionWith(live.Reads);
            foreach (var region in live.Regions) read.UnionWith(region.Captured);
        }
        kept.Reverse();
        return graph with { Nodes = [.. kept] };
    }
}
