using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>sinh x within 2 units of the last place.</summary>
internal static class HyperbolicSine
{
    public static Expr Of(Terms terms, Expr x)
    {
        var (t, square) = (Terms.Magnitude(x), x * x);
        var near = terms.MulAdd(x * square, terms.Polynomial(square, 1.66666665e-01, 8.33335060e-03, 1.98360663e-04, 2.81743951e-06), x);
        var half = Exponential.Scaled(terms, t, -1);
        return Expr.Select(t < 1.0, near, Terms.Signed(half - 0.25 / half, x));
    }
}
