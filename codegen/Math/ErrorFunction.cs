using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>erf x = 2/√π ∫₀ˣ exp(-t²) dt within 2 units of the last place.</summary>
internal static class ErrorFunction
{
    public static Expr Of(Terms terms, Expr x)
    {
        var (t, square) = (Terms.Magnitude(x), x * x);
        var near = terms.MulAdd(x, terms.Polynomial(square, 1.28379167e-01, -3.76126337e-01, 1.12836954e-01, -2.68593939e-02, 5.20102150e-03, -8.14258162e-04, 8.36958050e-05), x);
        // -log(1 - erf t) is nearly a parabola; from 3.92 on the result is 1.
        var curve = terms.Polynomial(Expr.Min(t, 4.0), -1.74684511e-04, 1.12951493e+00, 6.33346907e-01, 1.08280089e-01, -2.51194264e-02, 4.17106245e-03, -4.34462455e-04, 2.10950325e-05);
        return Expr.Select(t < 0.92, near, Terms.Signed(1.0 - Exponential.Normal(terms, -curve), x));
    }
}
