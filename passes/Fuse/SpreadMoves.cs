using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A step that only moves numbers, or only gives codes their scale, is done inside each of its readers where all of them can take it in at no cost: other strides in place of a copy.</summary>
/// <param name="Operands">Most operands of a group.</param>
[Description("does steps that only move numbers inside each of their readers")]
public sealed record SpreadMoves(int Operands = 14) : GraphPass
{
    public override Stage Stage => Stage.Fuse;
    public override Seq<string> After => ["fuse"];

    protected override Graph Run(Graph graph, Compilation compilation) => Run(graph, compilation, [.. Named(graph).Select(v => v.Name)]);

    private Graph Run(Graph graph, Compilation compilation, HashSet<string> names)
    {
        graph = graph.MapInside(region => Run(region, compilation, names));
        var (fit, nodes) = (new Fit(0, Operands, compilation.Objective), graph.Nodes.ToList());
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            var node = nodes[i];
            if (Formula.Of(node) is not { } move || !Fit.IsPlainMove(move) && !move.IsUnpacking(node.Result) || graph.Outputs.Contains(node.Result)) continue;
            var readers = nodes.Index().Where(n => n.Item.Reads.Contains(node.Result) || n.Item.Body is null && n.Item.Regions.Any(r => r.Captured.Contains(node.Result))).ToList();
            if (readers.Count == 0 || !readers.TrueForAll(r => Formula.Of(r.Item) is { } reader && fit.Why(move, reader, node.Result) is null && fit.Why(Joined(node, r.Item, name => name)) is null)) continue;
            foreach (var ((at, reader), copy) in readers.Select((r, n) => (r, n + 1))) nodes[at] = Joined(node, reader, name => copy == 1 ? name : Fresh(name, copy));
            nodes.RemoveAt(i);
        }
        return graph with { Nodes = [.. nodes] };

        string Fresh(string name, int copy)
        {
            while (!names.Add($"{name}.{copy}")) copy++;
            return $"{name}.{copy}";
        }
    }

    /// <summary>A step and one of its readers as one group. Every reader but the first has values of its own for it.</summary>
    private static Node Joined(Node move, Node reader, Func<string, string> name)
    {
        var steps = Steps(move);
        var own = steps.SelectMany(s => s.Results).Select(v => (v, Name: name(v.Name))).Where(p => p.Name != p.v.Name).ToDictionary(p => p.v, p => new Value(p.Name, p.v.Type, default, p.v.Known));
        Value Map(Value v) => own.GetValueOrDefault(v, v);
        return Fused.Of([.. steps.Concat(Steps(reader)).Select(s => s.Map(Map))]);
    }

    private static IEnumerable<Value> Named(Graph graph) => graph.Inputs.Concat(graph.Weights).Concat(graph.Nodes.SelectMany(n => n.Results.Concat(n.Regions.SelectMany(Named))));

    private static Seq<Node> Steps(Node node) => node.Body?.Nodes ?? [node];
}
