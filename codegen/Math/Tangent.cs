using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>tan x within 3 units of the last place.</summary>
internal static class Tangent
{
    public static Expr Of(Terms terms, Expr x)
    {
        var (turns, rest) = QuarterTurns.Of(terms, x);
        var (sine, cosine, even) = (QuarterTurns.Sine(terms, rest), QuarterTurns.Cosine(terms, rest), Expr.Same(turns & 1, 0));
        return Expr.Select(Expr.Same(x, 0.0), x, Expr.Select(even, sine, -cosine) / Expr.Select(even, cosine, sine));
    }
}
