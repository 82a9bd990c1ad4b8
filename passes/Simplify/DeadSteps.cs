using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Drops steps that make nothing anybody reads, and last results that nobody reads: a pool without its indices is one formula.</summary>
public static class DeadSteps
{
    public static Graph Drop(Graph graph)
    {
        var (read, kept) = (graph.Outputs.ToHashSet(), new List<Node>());
        foreach (var node in graph.Nodes.Reverse())
        {
            if (!node.Results.Any(read.Contains)) continue;
            var live = node.Body is null && node.Regions.Count > 0 ? node with { Regions = [.. node.Regions.Select(Drop)] } : node;
            if (live.Op is FormulaOp && live.Results.Count > 1) live = live with { Results = [.. live.Results.Take(live.Results.Index().Last(r => read.Contains(r.Item)).Index + 1)] };
            kept.Add(live);
            read.UnionWith(live.Reads);
            foreach (var region in live.Regions) read.UnionWith(region.Captured);
        }
        kept.Reverse();
        return graph with { Nodes = [.. kept] };
    }
}
