using System.ComponentModel;
using Lathe.Ir;
using Lathe.Passes;

[assembly: Lathe.Sdk.Plugin("counted")]

namespace Samples;

/// <summary>A pass that needs a library of its own: how many steps a model has, in strokes.</summary>
[Description("says how many steps a model has")]
public sealed record Steps : GraphPass
{
    public override Stage Stage => Stage.Simplify;
    public override Seq<string> After => ["simplify"];

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        compilation.Warnings.Enqueue(new("LTS001", Tally.Strokes.Of(graph.Nodes.Count), graph.Name, Severity: Severity.Note));
        return graph;
    }
}
