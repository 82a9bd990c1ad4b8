using System.ComponentModel;
using Lathe.Ir;
using Lathe.Passes;

[assembly: Lathe.Sdk.Plugin("fusion")]

namespace Samples;

/// <summary>A fusion of one's own: a step that computes each number from the same place of what a sum made, and that alone, becomes part of its kernel.</summary>
[Description("sums take in the elementwise steps that follow them, before the tool's own fusion looks")]
public sealed record Epilogues : GraphPass
{
    public override Stage Stage => Stage.Fuse;
    public override Seq<string> Before => ["fuse"];
    public override bool TakesSelector => true;

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        var (readers, nodes) = (graph.Readers, new List<Node>());
        foreach (var step in graph.Nodes)
        {
            var before = nodes.FindIndex(n => ActsOn(step) && ActsOn(n) && n.Regions.Count == 0 && Fits(n, step, readers, graph));
            if (before < 0)
            {
                nodes.Add(step);
                continue;
            }
            compilation.Notes.Add(Name, step.Result.Name, $"runs with {nodes[before].Result.Name}");
            var group = Fused.Of(nodes[before], step);
            nodes.RemoveAt(before);
            nodes.Add(group);
        }
        return graph with { Nodes = [.. nodes] };
    }

    private static bool Fits(Node sum, Node step, ILookup<Value, Node?> readers, Graph graph) =>
        sum.Results.Count == 1 && step.Reads.Contains(sum.Result) && readers[sum.Result].Count() == 1
        && Formula.Of(sum) is { HasReduce: true } && Formula.Of(step) is { IsElementwise: true } formula && formula.ReadsInPlace(sum.Result);
}
