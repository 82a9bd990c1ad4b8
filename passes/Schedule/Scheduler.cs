using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Chooses a template for a lowered kernel by its formula.</summary>
public static class Scheduler
{
    /// <param name="kernel">As lowered: plain loops around formulas.</param>
    /// <param name="machine">What it will run on.</param>
    /// <param name="constants">Names of input buffers that are weights: they may be packed by the compiler.</param>
    public static Scheduled Schedule(Kernel kernel, Machine machine, IReadOnlySet<string> constants) => new(kernel, [], "plain");
}
