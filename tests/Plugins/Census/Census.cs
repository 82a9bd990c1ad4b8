using System.ComponentModel;
using Lathe.Ir;
using Lathe.Passes;

[assembly: Lathe.Sdk.Plugin("census")]

namespace Samples;

/// <summary>An analysis: it changes nothing and says what it saw.</summary>
/// <param name="Least">Operators that are used less often are left out.</param>
[Description("says how often each operator is used")]
public sealed record Count(int Least = 1) : GraphPass
{
    public override Stage Stage => Stage.Simplify;
    public override Seq<string> After => ["simplify"];

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        foreach (var (name, count) in graph.Nodes.CountBy(n => n.Op.Name).Where(c => c.Value >= Least).OrderBy(c => c.Key, StringComparer.Ordinal))
            compilation.Warnings.Enqueue(new("LTC001", $"{name} x{count}", graph.Name, Severity: Severity.Note));
        return graph;
    }
}
