using Lathe.Ir;
using Lathe.Passes.Rules;

namespace Lathe.Passes.Rewrites;

/// <summary>Rewrites of a pipeline's own as a pass: applied together until none applies. It has the name of its only one, or <c>rewrites</c>.</summary>
internal sealed record RewritePass : GraphPass
{
    /// <summary>As pipelines name all rewrites of a file together.</summary>
    public const string AllOfThem = "rewrites";

    public required Seq<Rewrite> Rewrites { get; init; }

    public bool IsAll { get; init; }

    public override string Name => IsAll ? AllOfThem : Rewrites[0].Name;
    public override Stage Stage => Stage.Simplify;
    public override bool TakesSelector => true;
    public override bool IsDefault => false;

    /// <exception cref="DiagnosticException">LT3012 a rewrite changes what a graph computes; LT3013 nothing was found to test it with; LT3014 rewrites never come to an end.</exception>
    protected override Graph Run(Graph graph, Compilation compilation)
    {
        foreach (var rewrite in Rewrites)
        {
            var verdict = Verdicts.Of(rewrite, compilation.Machine, compilation.VerdictFolder);
            if (verdict.Fault(rewrite) is not { } fault) continue;
            if (fault.Severity == Severity.Error) throw new DiagnosticException(fault);
            compilation.Warnings.Enqueue(fault);
        }
        Seq<Rule> rules = [.. Rewrites.Where(r => !r.IsInexact || !compilation.Exact).Select(r => new RewriteRule(r))];
        foreach (var left in Rewrites.Where(r => r.IsInexact && compilation.Exact)) compilation.Notes.Add(Name, graph.Name, $"{left.Name} is inexact, --exact leaves it out");
        return Apply(graph, rules, ActsOn, (step, rule) => compilation.Notes.Add(Name, step, rule.Name))
            ?? throw new DiagnosticException(new Diagnostic("LT3014", $"{string.Join(", ", Rewrites.Select(r => r.Name))}: still apply after {MostRounds} rounds", graph.Name, "one undoes what another does, or makes what it looks for itself; lathe rewrites FILE tests each"));
    }

    private const int MostRounds = 100;

    /// <summary>The graph when no rule applies any more; null where that never comes.</summary>
    internal static Graph? Apply(Graph graph, Seq<Rule> rules, Func<Node, bool> actsOn, Action<string, Rule> applied)
    {
        // A chain of steps may take one round each.
        for (var (round, most) = (0, MostRounds + graph.Nodes.Count); round < most; round++)
        {
            var sweeps = new RuleSweeps(rules, actsOn, applied);
            var next = sweeps.Sweep(graph);
            if (sweeps.Applied == 0) return graph;
            graph = DeadSteps.Drop(next);
            if (graph.Nodes.Count > 16 * most) return null;
        }
        return null;
    }
}
