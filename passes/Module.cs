using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What passes hand on: a graph, and from the lowering on a program. Either prints, reads back and runs.</summary>
public sealed record Module
{
    public Module(Graph graph) => Graph = graph;
    public Module(Program program) => Program = program;

    public Graph? Graph { get; }
    public Program? Program { get; }

    public Graph MustBeGraph => Graph ?? throw new InvalidOperationException("a pass on graphs was asked to run after the lowering");
    public Program MustBeProgram => Program ?? throw new InvalidOperationException("a pass on programs was asked to run before the lowering");
}
