using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A kernel made fast.</summary>
/// <param name="Kernel">What runs.</param>
/// <param name="Once">Kernels that run in the compiler and fill inputs of <paramref name="Kernel"/> that the lowered kernel did not have: packed weights, under the names of their output buffers.</param>
/// <param name="Template">Which template was used and why, for reports: <c>blocked 6x16 depth 384</c>, <c>plain: …</c>.</param>
/// <param name="Pace">How long it is expected to take.</param>
public sealed record Scheduled(Kernel Kernel, Seq<Kernel> Once, string Template, Pace Pace)
{
    /// <summary>What was decided on the way, each with its two numbers.</summary>
    public Seq<string> Why { get; init; } = [];
}
