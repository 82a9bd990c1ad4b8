using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>What testing a rewrite showed.</summary>
public enum Outcome
{
    /// <summary>On everything that it was tried on it makes what it replaces.</summary>
    Right,
    /// <summary>The same, and the cost model expects what it makes to take longer.</summary>
    Slower,
    /// <summary>Operands were found of which it makes something else.</summary>
    Wrong,
    /// <summary>It can be applied to what it makes, without end.</summary>
    Endless,
    /// <summary>No operands were found that it applies to.</summary>
    Untested,
}

/// <summary>What testing a rewrite showed.</summary>
/// <param name="Detail">The counterexample, the costs, or why there was nothing to try.</param>
/// <param name="Cases">Graphs that it was tried on.</param>
public sealed record Verdict(Outcome Outcome, string Detail = "", int Cases = 0)
{
    /// <summary>What to tell the author; null where all is well.</summary>
    public Diagnostic? Fault(Rewrite rewrite) => Outcome switch
    {
        Outcome.Wrong => new("LT3012", $"rewrite {rewrite.Name} is wrong: what it makes is not what it replaces\n{Detail}", rewrite.Name, rewrite.IsInexact ? "add what must hold behind where" : "add what must hold behind where; if it only rounds otherwise, write inexact behind its name"),
        Outcome.Untested => new("LT3013", $"rewrite {rewrite.Name} cannot be tested: {Detail}", rewrite.Name, "say in the pattern what types it is for: %x : tensor<[n, 8], f32>"),
        Outcome.Endless => new("LT3014", $"rewrite {rewrite.Name} applies to what it makes, without end\n{Detail}", rewrite.Name, "add what tells the two apart behind where"),
        Outcome.Slower => new("LT3015", $"rewrite {rewrite.Name} makes kernels slower: {Detail}", rewrite.Name, "turn it round, or say behind where for which shapes it pays", Severity.Warning),
        _ => null,
    };
}
