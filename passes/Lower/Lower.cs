using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A kernel for each node, a slot for each value. Kernels of one shape are one; what only repeats bytes in another shape is no kernel but the same slot.</summary>
[Description("a kernel for each node, each value in its own slot; equal kernels once, reshapes as views")]
public sealed record Lower : Pass
{
    public override Stage Stage => Stage.Lower;

    public override Module Run(Module module, Compilation compilation)
    {
        var graph = module.MustBeGraph;
        var bounds = Bounds.Of(graph);
        return new(new Lowered(Apart.Outputs(graph, type => type.Shape.Any(extent => bounds.BoundIn(extent).Any()))).Program());
    }
}
