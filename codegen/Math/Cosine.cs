using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>cos x within 2 units of the last place.</summary>
internal static class Cosine
{
    public static Expr Of(Terms terms, Expr x)
    {
        var (turns, rest) = QuarterTurns.Of(terms, x);
        return QuarterTurns.Wave(terms, turns + 1, rest);
    }
}
