using System.ComponentModel;
using Lathe.Ir;
using Lathe.Passes.Rewrites;
using Lathe.Passes.Rules;

namespace Lathe.Passes;

/// <summary>Applies every rule, shares common steps and drops dead ones until nothing changes.</summary>
/// <param name="Sweeps">Most times the graph is gone through.</param>
[Description("local rewrites to a fixpoint: constants, dead and common steps, reshapes, normalizations into weights")]
public sealed record Simplify(int Sweeps = 40) : GraphPass
{
    /// <summary>Those written in C#, then the rewrites that come as text.</summary>
    public static Seq<Rule> Rules => [.. Written, .. BuiltInRewrites.All.Select(r => new RewriteRule(r))];

    /// <summary>The tool's and plugins'.</summary>
    private static Seq<Rule> Written => [.. Made.GetOrAdd(Vocabulary.Of<Rule>(), types => [.. types.Where(type => type != typeof(RewriteRule)).OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => (Rule)RecordText.Make(type, _ => null))])];

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<Seq<Type>, Seq<Rule>> Made = new();

    public override Stage Stage => Stage.Simplify;
    public override bool TakesSelector => true;

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        graph = DeadSteps.Drop(graph);
        Seq<Rule> rules = [.. Written.Concat(BuiltInRewrites.For(graph).Select(r => new RewriteRule(r))).Where(r => r.IsExact || !compilation.Exact)];
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var sweeps = new RuleSweeps(rules, ActsOn, (step, rule) => compilation.Notes.Add(Name, step, rule.Name));
            var next = DeadSteps.Drop(CommonSteps.Share(sweeps.Sweep(graph), ActsOn));
            if (sweeps.Applied == 0 && Count(next) == Count(graph)) return next;
            graph = next;
        }
        compilation.Notes.Add(Name, graph.Name, $"stopped after {Sweeps} sweeps");
        return graph;
    }

    private static int Count(Graph graph) => graph.Nodes.Sum(n => 1 + n.Regions.Sum(Count));
}
