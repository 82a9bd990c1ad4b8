using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>asinh x = log(x + √(x² + 1)) within 3 units of the last place.</summary>
internal static class AreaSine
{
    public static Expr Of(Terms terms, Expr x)
    {
        var (t, square) = (Terms.Magnitude(x), x * x);
        var near = Logarithm.OfOneMore(terms, t + square / (1.0 + Call.Of(Function.Sqrt, square + 1.0)));
        // Far out √(x² + 1) is x, and x² overflows.
        return Terms.Signed(Expr.Select(t < 4096.0, near, Logarithm.Of(terms, t) + Math.Log(2)), x);
    }
}
