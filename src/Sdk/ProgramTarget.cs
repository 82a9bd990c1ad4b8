using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.Sdk;

/// <summary>Something that programs are written as: <c>lathe compile --target acme.c99</c>. A public class with a constructor that takes nothing.</summary>
public abstract class ProgramTarget
{
    /// <summary>The last stage that runs before it: unscheduled kernels are plain loops around formulas.</summary>
    public virtual Stage After => Stage.Lower;

    /// <summary>What it makes, in one line.</summary>
    public abstract string Description { get; }

    /// <summary>Files by their names.</summary>
    /// <param name="program">Kernels, and the steps that call them on slots.</param>
    /// <param name="name">A C identifier to call things after.</param>
    public abstract IEnumerable<(string File, byte[] Contents)> Write(Program program, string name);
}
