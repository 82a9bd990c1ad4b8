using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>sin x within 2 units of the last place.</summary>
internal static class Sine
{
    public static Expr Of(Terms terms, Expr x)
    {
        var (turns, rest) = QuarterTurns.Of(terms, x);
        return Expr.Select(Expr.Same(x, 0.0), x, QuarterTurns.Wave(terms, turns, rest));
    }
}
