using System.ComponentModel;
using Lathe.Ir;
using Lathe.Passes;

[assembly: Lathe.Sdk.Plugin("order")]

namespace Samples;

/// <summary>Passes that name one another: each waits for the other, which loading reports. Not for use.</summary>
[Description("waits for hen")]
public sealed record Egg : GraphPass
{
    public override Stage Stage => Stage.Simplify;
    public override Seq<string> After => ["order.hen"];
    protected override Graph Run(Graph graph, Compilation compilation) => graph;
}

/// <inheritdoc cref="Egg"/>
[Description("waits for egg")]
public sealed record Hen : GraphPass
{
    public override Stage Stage => Stage.Simplify;
    public override Seq<string> After => ["order.egg"];
    protected override Graph Run(Graph graph, Compilation compilation) => graph;
}
