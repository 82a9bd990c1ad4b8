using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A division of a graph's steps into groups that grows by joining a step's group with that of its only reader.</summary>
internal sealed class Groups
{
    private sealed class Group(int at, Node node)
    {
        /// <summary>Its steps by their place in the graph.</summary>
        public readonly SortedDictionary<int, Node> Steps = new() { [at] = node };
        public Node Root => Steps.Last().Value;
        public Formula? Formula;
    }

    private readonly Graph graph;
    private readonly Fit fit;
    private readonly Dictionary<Value, Group> makers = [];
    private readonly Dictionary<Node, Group> groups = new(ReferenceEqualityComparer.Instance);
    private readonly ILookup<Value, Node?> readers;

    /// <param name="graph">What to divide.</param>
    /// <param name="fit">What may be joined.</param>
    /// <param name="may">Whether a step may be joined with any other.</param>
    public Groups(Graph graph, Fit fit, Func<Node, bool> may)
    {
        (this.graph, this.fit, readers) = (graph, fit, graph.Readers);
        foreach (var (i, node) in graph.Nodes.Index())
        {
            var group = new Group(i, node) { Formula = node.Regions.Count == 0 && may(node) ? Formula.Of(node) : null };
            groups[node] = group;
            foreach (var result in node.Results) makers[result] = group;
        }
    }

    /// <summary>Steps that were not joined with their reader, and why.</summary>
    public List<(string Node, string Why)> Refused { get; } = [];

    /// <summary>Forward: steps that work in place on the result of a reduction become its epilogue.</summary>
    public void JoinEpilogues()
    {
        foreach (var node in graph.Nodes)
        {
            var group = groups[node];
            foreach (var producer in Producers(group))
                if (producer.Formula is { HasReduce: true } made && group.Formula is { HasReduce: false } formula && formula.ReadsInPlace(producer.Root.Result) && Joined(producer, group, out _) is { } joined)
                {
                    Join(producer, group, joined);
                    break;
                }
        }
    }

    /// <summary>Backward: each group takes in the groups that only it reads.</summary>
    public void JoinProducers()
    {
        foreach (var node in graph.Nodes.Reverse())
        {
            var group = groups[node];
            if (group.Root != node) continue;
            var refused = new Dictionary<Group, string>();
            while (Next() is var (producer, formula))
            {
                Join(producer, group, formula);
                refused.Clear(); // the group is another now
            }
            foreach (var (other, why) in refused) if (group.Formula?.ReadsOf(other.Root.Result).Any() == true) Refused.Add((other.Root.Result.Name, $"not fused into {group.Root.Result.Name}: {why}"));

            (Group, Formula)? Next()
            {
                foreach (var candidate in Producers(group))
                    if (Joined(candidate, group, out var why) is { } joined) return (candidate, joined);
                    else refused[candidate] = why!;
                return null;
            }
        }
    }

    /// <summary>Groups that only this one reads, the latest first.</summary>
    private IEnumerable<Group> Producers(Group group) => group.Steps.Values.SelectMany(s => s.Reads).Select(v => makers.GetValueOrDefault(v)).OfType<Group>().Distinct()
        .Where(p => p != group && p.Root.Results.All(v => readers[v].All(reader => reader is not null && groups[reader] == group)))
        .OrderByDescending(p => p.Steps.Last().Key).ToList();

    /// <summary>The formula of both as one; null with the reason where they do not fit.</summary>
    private Formula? Joined(Group producer, Group reader, out string? why)
    {
        if (producer.Formula is null || reader.Formula is null)
        {
            why = $"{(producer.Formula is null ? producer : reader).Root.Op.Name} has no formula of its own";
            return null;
        }
        if ((why = fit.Why(producer.Formula, reader.Formula, producer.Root.Result)) is not null) return null;
        var both = Fused.Of([.. producer.Steps.Concat(reader.Steps).OrderBy(s => s.Key).Select(s => s.Value)]);
        return (why = fit.Why(both)) is null ? Formula.Of(both) : null;
    }

    private void Join(Group producer, Group reader, Formula formula)
    {
        foreach (var (at, step) in producer.Steps)
        {
            reader.Steps[at] = step;
            groups[step] = reader;
        }
        makers.Remove(producer.Root.Result);
        reader.Formula = formula;
    }

    /// <summary>The graph with each group as one node, where its last step was.</summary>
    public Graph Graph() => graph with { Nodes = [.. graph.Nodes.Where(n => groups[n].Root == n).Select(n => Fused.Of([.. groups[n].Steps.Values]))] };
}
