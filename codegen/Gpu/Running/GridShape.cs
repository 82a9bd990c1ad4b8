namespace Lathe.Codegen.Gpu;

/// <summary>How launches are shaped where kernels do not say it.</summary>
/// <param name="Groups">Most groups of a launch.</param>
/// <param name="Threads">Threads of a group.</param>
/// <param name="InTurns">Where the processor plays the device: one thread plays those of a group, from one wait to the next, where kernels are made for groups. Threads of the processor that wait for each other take long.</param>
public readonly record struct GridShape(int Groups, int Threads, bool InTurns = false);
