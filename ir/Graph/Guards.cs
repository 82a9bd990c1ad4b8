namespace Lathe.Ir;

/// <summary>Where the checks of a graph stand: at its entry, or behind the step that gives their last symbol its number.</summary>
public static class Guards
{
    /// <summary>For each step after which checks can be made its place; -1 for those that can be made at entry.</summary>
    public static ILookup<int, Guarded> Placed(Graph graph)
    {
        var binders = graph.Nodes.Index().SelectMany(n => n.Item.Op.Binds.Select(s => (s.Name, n.Index))).ToDictionary(p => p.Name, p => p.Index, StringComparer.Ordinal);
        return graph.Guards.ToLookup(g => g.Condition.Parts().OfType<Symbol>().Select(s => binders.GetValueOrDefault(s.Name, -1)).DefaultIfEmpty(-1).Max());
    }
}
