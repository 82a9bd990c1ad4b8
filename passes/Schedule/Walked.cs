using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A template that walks only what is kept of a weight, before it is weighed against dense ones.</summary>
/// <param name="Compute">What runs.</param>
/// <param name="Once">The kernels that run once, in the compiler.</param>
/// <param name="Template">As the report names it.</param>
/// <param name="Steps">Multiply-adds of vectors that it is expected to take as long as, its weights from memory.</param>
/// <param name="Pace">The same, arithmetic and memory apart.</param>
internal sealed record Walked(Func<Kernel> Compute, Func<IEnumerable<Kernel>> Once, string Template, double Steps, Pace Pace);
