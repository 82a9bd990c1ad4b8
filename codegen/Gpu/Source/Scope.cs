using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

internal enum ScopeKind : byte
{
    /// <summary>A method.</summary>
    Method,
    /// <summary>The body of a loop.</summary>
    Loop,
    /// <summary>What runs under a condition.</summary>
    Guard,
    /// <summary>One statement: what it reads is read here, before it acts.</summary>
    Statement,
}

/// <summary>A stretch of C# and the formulas that have a variable in it.</summary>
/// <param name="Axes">Indices that it binds.</param>
/// <param name="MayBeEmpty">Whether it may not run at all, so that nothing inside may be read outside.</param>
internal sealed record Scope(ScopeKind Kind, Seq<Axis> Axes, bool MayBeEmpty = false)
{
    public List<string> Lines { get; } = [];
    public Dictionary<Expr, string> Variables { get; } = [];
}
