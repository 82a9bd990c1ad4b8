using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What passes hand on: a graph, and from the lowering on a program. Either prints, reads back and runs.</summary>
public sealed record Module
{
    public Module(Graph graph) => Graph = graph;
    public Module(Program program) => Program = program;

    public Graph? Graph { get; }
    public Program? Program { get; }

    /// <summary>Steps of the model, those inside fused groups and kernels one by one.</summary>
    public int Steps => Graph?.Nodes.Sum(n => n.Body?.Nodes.Count ?? 1) ?? MustBeProgram.Steps.Calls.Sum(c => c.Info?.Nodes.Count ?? 1);

    /// <summary>Kernels that a run calls, as far as that is settled.</summary>
    public int Calls => Graph?.Nodes.Count ?? MustBeProgram.Steps.Calls.Count();

    /// <summary>Bytes of all weights.</summary>
    public long WeightBytes => Graph?.Weights.Sum(w => w.Planes.Sum(p => p.Length)) ?? MustBeProgram.Weights.Sum(w => w.Contents.Length);

    public Graph MustBeGraph => Graph ?? throw new InvalidOperationException("a pass on graphs was asked to run after the lowering");
    public Program MustBeProgram => Program ?? throw new InvalidOperationException("a pass on programs was asked to run before the lowering");
}
