using Lathe.Ir;
using Lathe.Passes.Rules;

namespace Lathe.Passes;

/// <summary>Applies rules to a graph and the graphs inside it, sweep after sweep, until none applies.</summary>
/// <param name="rules">Tried in this order at each step.</param>
/// <param name="actsOn">Whether a step may change.</param>
/// <param name="applied">Told of each that is applied: the step's name, the rule.</param>
internal sealed class RuleSweeps(Seq<Rule> rules, Func<Node, bool> actsOn, Action<string, Rule> applied)
{
    /// <summary>How many rules were applied.</summary>
    public int Applied { get; private set; }

    /// <summary>Goes through the graph once.</summary>
    /// <param name="outer">The graph around it.</param>
    public Graph Sweep(Graph graph, Surroundings? outer = null)
    {
        var (around, instead, nodes) = (new Surroundings(graph, outer), new Dictionary<Value, Value>(), new List<Node>());
        foreach (var node in graph.Nodes)
        {
            var step = node.Map(Current);
            if (node.Op is RegionOp) step = step with { Regions = [.. step.Regions.Select(region => Sweep(region, around))] };
            Put(step);
        }
        return graph with { Nodes = [.. nodes], Outputs = [.. graph.Outputs.Select(Current)] };

        Value Current(Value value)
        {
            while (instead.TryGetValue(value, out var other)) value = other;
            return value;
        }

        void Put(Node step)
        {
            if (Improved(step, around) is not { } better)
            {
                Add(step);
                return;
            }
            Applied++;
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
    }

    private Improvement? Improved(Node step, Surroundings around)
    {
        if (!actsOn(step)) return null;
        foreach (var rule in rules)
        {
            if (rule.Improve(step, around, actsOn) is not { } better) continue;
            if (step.Op is Ir.Ops.Identity && better.Instead.Count > 0 && around.IsOutput(step.Result)) continue;
            applied(step.Result.Name, rule);
            return better;
        }
        return null;
    }
}
