using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>The natural logarithm within 1 unit of the last place.</summary>
internal static class Logarithm
{
    public static Expr Of(Terms terms, Expr x)
    {
        // Below the normal range numbers are taken up into it first.
        var small = x < 1.17549435e-38;
        var bits = Expr.Select(small, x * (1 << 23), x).BitsAs(Scalar.I32);
        var exponent = bits - 0x3F35_04F3 >> 23;
        var e = exponent.As(Scalar.F32) + Expr.Select(small, Number.Of(Scalar.F32, -23.0), Number.Of(Scalar.F32, 0.0));
        // x = 2^e (1 + f) with 1 + f between the roots of 1/2 and 2.
        var f = (bits - (exponent << 23)).BitsAs(Scalar.F32) - 1.0;
        var square = f * f;
        var tail = terms.MulAdd(e, -2.12194440054690583e-4, f * square * Series(terms, f));
        var log = terms.MulAdd(e, 0.693359375, f + terms.MulAdd(square, -0.5, tail));
        return Expr.Select(0.0 < x, Expr.Select(x < Terms.Infinity, log, Terms.Infinity), Expr.Select(Expr.Same(x, 0.0), -Terms.Infinity, Terms.NaN));
    }

    /// <summary>log(1 + x) for x above -1, exact near 0: within 2 units.</summary>
    public static Expr OfOneMore(Terms terms, Expr x)
    {
        var sum = x + 1.0;
        // What the sum lost, to first order.
        var lost = (x - (sum - 1.0)) / sum;
        return Expr.Select(x < Terms.Infinity, Of(terms, sum) + lost, x);
    }

    /// <summary>(log(1 + f) - f + f²/2) / f³, within 2^-30 of the logarithm.</summary>
    private static Expr Series(Terms terms, Expr f) =>
        terms.Polynomial(f, 3.33333126e-01, -2.50000096e-01, 2.00021186e-01, -1.66679955e-01, 1.42195535e-01, -1.24055952e-01, 1.18881605e-01, -1.16756142e-01, 6.74659840e-02);
}
