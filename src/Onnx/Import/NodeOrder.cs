namespace Lathe.Onnx;

/// <summary>An order in which every node comes after what it reads. Files should be so ordered; where one is not, the least change is made.</summary>
internal static class NodeOrder
{
    private const int MostCycles = 16, MostNamed = 8, MostGuesses = 16;

    /// <param name="nodes">In the order of the file.</param>
    /// <param name="given">Names of values that no node makes: inputs and weights, and who gives them.</param>
    /// <param name="outputs">Names that the graph returns.</param>
    /// <returns>The nodes in order; those in a cycle or behind one are left out.</returns>
    public static IReadOnlyList<OnnxNode> Sort(IReadOnlyList<OnnxNode> nodes, IReadOnlyDictionary<string, string> given, IEnumerable<string> outputs, Report report)
    {
        var makers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < nodes.Count; i++)
            foreach (var output in nodes[i].Outputs.Where(o => o != ""))
                if (given.TryGetValue(output, out var giver)) report.Add(Faults.Duplicate(output, giver, nodes[i].Where));
                else if (!makers.TryAdd(output, i)) report.Add(Faults.Duplicate(output, nodes[makers[output]].Where, nodes[i].Where));

        var guesses = 0;
        string Nearest(string name) => guesses++ < MostGuesses ? Spelling.Nearest(name, makers.Keys.Concat(given.Keys)) : "";
        var before = new int[nodes.Count][];
        for (var i = 0; i < nodes.Count; i++)
        {
            var reads = nodes[i].Inputs.Concat(Subgraphs.Captured(nodes[i].Attributes.Values)).Where(name => name != "").Distinct(StringComparer.Ordinal).ToList();
            foreach (var name in reads.Where(name => !makers.ContainsKey(name) && !given.ContainsKey(name))) report.Add(Faults.NotMade(name, nodes[i].Where, Nearest(name)));
            before[i] = [.. reads.Where(makers.ContainsKey).Select(name => makers[name]).Distinct()];
        }
        foreach (var name in outputs.Where(name => !makers.ContainsKey(name) && !given.ContainsKey(name))) report.Add(Faults.OutputNotMade(name, Nearest(name)));

        var order = Ordered(before);
        if (order.Count < nodes.Count) ReportCycles(nodes, before, order, report);
        return [.. order.Select(i => nodes[i])];
    }

    /// <summary>Kahn's order; of the nodes that are ready the one that stands first in the file.</summary>
    private static List<int> Ordered(int[][] before)
    {
        var (order, waits, after) = (new List<int>(before.Length), before.Select(b => b.Length).ToArray(), new List<int>?[before.Length]);
        for (var i = 0; i < before.Length; i++)
            foreach (var maker in before[i]) (after[maker] ??= []).Add(i);
        var ready = new PriorityQueue<int, int>(Enumerable.Range(0, before.Length).Where(i => waits[i] == 0).Select(i => (i, i)));
        while (ready.TryDequeue(out var node, out _))
        {
            order.Add(node);
            foreach (var next in after[node] ?? []) if (--waits[next] == 0) ready.Enqueue(next, next);
        }
        return order;
    }

    /// <summary>From any node left, going back to what it waits for must lead into a cycle.</summary>
    private static void ReportCycles(IReadOnlyList<OnnxNode> nodes, int[][] before, List<int> order, Report report)
    {
        var left = Enumerable.Range(0, nodes.Count).Except(order).ToHashSet();
        for (var cycles = 0; left.Count > 0 && cycles < MostCycles; cycles++)
        {
            var (path, seen, node) = (new List<int>(), new Dictionary<int, int>(), left.Min());
            while (seen.TryAdd(node, path.Count))
            {
                path.Add(node);
                node = before[node].FirstOrDefault(left.Contains, -1);
                if (node < 0) break;
            }
            if (node >= 0)
            {
                var cycle = Rotated(path[seen[node]..]).Select(i => nodes[i].Where).ToList();
                var shown = string.Join(" → ", cycle.Take(MostNamed).Append(cycle.Count > MostNamed ? $"… ({cycle.Count} nodes)" : cycle[0]));
                report.Add(Faults.Cycle(shown, cycle[0]));
            }
            left.ExceptWith(path);
        }
    }

    /// <summary>A cycle that was followed backwards, forwards and from its first node in the file.</summary>
    private static IEnumerable<int> Rotated(List<int> cycle)
    {
        cycle.Reverse();
        var first = cycle.IndexOf(cycle.Min());
        return cycle[first..].Concat(cycle[..first]);
    }
}
