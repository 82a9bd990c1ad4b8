using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A kernel for each node, a slot for each value. Kernels of one shape are one; what only repeats bytes in another shape is no kernel but the same slot.</summary>
[Description("a kernel for each node, each value in its own slot; equal kernels once, reshapes as views")]
public sealed record Lower : Pass
{
    public override Stage Stage => Stage.Lower;

    public override Module Run(Module module, Compilation compilation) => new(new Lowered(OutputsApart(module.MustBeGraph)).Program());

    /// <summary>Every output is computed, and no two are the same value: an output that is an input, a weight or another output is copied.</summary>
    private static Graph OutputsApart(Graph graph)
    {
        var (nodes, outputs, made) = (graph.Nodes.ToList(), new List<Value>(), graph.Nodes.SelectMany(n => n.Results).ToHashSet());
        foreach (var output in graph.Outputs)
        {
            if (made.Remove(output)) { outputs.Add(output); continue; }
            var copy = new Value($"{output.Name}.output{outputs.Count}", output.Type.Elementwise);
            nodes.Add(new(new Ir.Ops.Identity(), [output], [copy]));
            outputs.Add(copy);
        }
        return graph with { Nodes = [.. nodes], Outputs = [.. outputs] };
    }
}
