namespace Lathe.Ir;

/// <summary>What a text of the IR holds. Kernels that follow a program belong to it.</summary>
public sealed record IrFile(Seq<Graph> Graphs, Program? Program, Seq<Kernel> Kernels);
