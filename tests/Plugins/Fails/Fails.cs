using System.ComponentModel;
using Lathe.Ir;
using Lathe.Passes;

[assembly: Lathe.Sdk.Plugin("fails")]

namespace Samples;

/// <summary>A pass with a bug, before the tool's first: the fault must name the plugin.</summary>
[Description("fails")]
public sealed record Always : GraphPass
{
    public override Stage Stage => Stage.Simplify;
    public override Seq<string> Before => ["simplify"];
    protected override Graph Run(Graph graph, Compilation compilation) => throw new InvalidCastException("a bug of the plugin's");
}
