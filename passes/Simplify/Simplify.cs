using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Applies every rule, shares common steps and drops dead ones until nothing changes.</summary>
/// <param name="Sweeps">Most times the graph is gone through.</param>
[Description("local rewrites to a fixpoint: constants, dead and common steps, reshapes, normalizations into weights")]
public sealed record Simplify(int Sweeps = 40) : GraphPass
{
    public static Seq<Rule> Rules { get; } = [.. typeof(Rule).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Rule)) && !type.IsAbstract)
        .OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => (Rule)RecordText.Make(type, _ => null))];

    public override Stage Stage => Stage.Simplify;
    public override bool TakesSelector => true;

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        graph = DeadSteps.Drop(graph);
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var (next, changed) = Sweep(graph, compilation);
            next = DeadSteps.Drop(CommonSteps.Share(next, ActsOn));
            if (!changed && Count(next) == Count(graph)) return next;
            graph = next;
        }
        compilation.Notes.Add(Name, graph.Name, $"stopped after {Sweeps} sweeps");
        return graph;
    }

    private static int Count(Graph graph) => graph.Nodes.Sum(n => 1 + n.Regions.Sum(Count));

    private (Graph, bool) Sweep(Graph graph, Compilation compilation, Surroundings? outer = null)
    {
        var (around, instead, nodes, changed) = (new Surroundings(graph, outer), new Dictionary<Value, Value>(), new List<Node>(), false);
        foreach (var node in graph.Nodes)
        {
            var step = node.Map(Current);
            if (node.Op is RegionOp) step = step with { Regions = [.. step.Regions.Select(Inner)] };
            Put(step);
        }
        return (graph with { Nodes = [.. nodes], Outputs = [.. graph.Outputs.Select(Current)] }, changed);

        Value Current(Value value)
        {
            while (instead.TryGetValue(value, out var other)) value = other;
            return value;
        }

        Graph Inner(Graph region)
        {
            var (next, inside) = Sweep(region, compilation, around);
            changed |= inside;
            return next;
        }

        void Put(Node step)
        {
            if (Improved(step) is not { } better)
            {
                nodes.Add(step);
                around.Made(step);
                return;
            }
            changed = true;
            foreach (var (old, value) in step.Results.Zip(better.Instead))
                if (!around.IsOutput(old)) instead[old] = value;
                else Add(new(new Ir.Ops.Identity(), [value], [old])); // an output keeps its name
            foreach (var next in better.Steps) Add(next);
        }

        void Add(Node step)
        {
            nodes.Add(step);
            around.Made(step);
        }

        Improvement? Improved(Node step)
        {
            if (!ActsOn(step)) return null;
            foreach (var rule in Rules.Where(r => r.IsExact || !compilation.Exact))
            {
                if (rule.Improve(step, around) is not { } better) continue;
                if (step.Op is Ir.Ops.Identity && better.Instead.Count > 0 && around.IsOutput(step.Result)) continue;
                compilation.Notes.Add(Name, step.Result.Name, rule.Name);
                return better;
            }
            return null;
        }
    }
}
