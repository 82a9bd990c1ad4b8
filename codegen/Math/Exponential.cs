using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>e^x within 1 unit of the last place; 2 where the machine has no fma.</summary>
internal static class Exponential
{
    /// <summary>Added to a number below 2^22, it leaves the nearest whole number in the low bits.</summary>
    private const float Anchor = 3 << 22;

    public static Expr Of(Terms terms, Expr x) => Scaled(terms, x, 0);

    /// <summary>e^x · 2^k.</summary>
    public static Expr Scaled(Terms terms, Expr x, int k)
    {
        // Beyond these limits the result is 0 or infinite whatever x is.
        var (power, r) = Split(terms, Expr.Clamp(x, -104 - k * 0.7, 89.0 - k * 0.7));
        var (n, one) = (k == 0 ? power : power + k, Mantissa(terms, r));
        // 2^n itself may be out of range where the product is not: in two steps, the second of which rounds what is below the normal range.
        var half = n >> 1;
        return one * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    /// <summary>e^x for x in -87…88, where neither the result nor its power of 2 leaves the normal range.</summary>
    public static Expr Normal(Terms terms, Expr x)
    {
        var (power, r) = Split(terms, x);
        return Mantissa(terms, r) * PowerOfTwo(power);
    }

    /// <summary>e^x - 1 for x in 0…80, exact near 0.</summary>
    public static Expr LessOne(Terms terms, Expr x)
    {
        var (power, r) = Split(terms, x);
        var scale = PowerOfTwo(power);
        return terms.MulAdd(terms.MulAdd(r * r, Series(terms, r), r), scale, scale - 1.0);
    }

    /// <summary>x as n·ln 2 and what is left, n whole and the rest at most half of ln 2.</summary>
    private static (Expr N, Expr Left) Split(Terms terms, Expr x)
    {
        var anchored = terms.MulAdd(x, 1.44269504088896341, Anchor);
        var n = anchored - Anchor;
        // ln 2 in two parts, the first so short that n times it is exact.
        var rest = terms.MulAdd(n, 2.12194440054690583e-4, terms.MulAdd(n, -0.693359375, x));
        return (anchored.BitsAs(Scalar.I32) - BitConverter.SingleToInt32Bits(Anchor), rest);
    }

    private static Expr Mantissa(Terms terms, Expr r) => terms.MulAdd(terms.MulAdd(Series(terms, r), r, 1.0), r, 1.0);

    /// <summary>(e^r - 1 - r) / r² for |r| up to half of ln 2, within 2^-28 of e^r.</summary>
    private static Expr Series(Terms terms, Expr r) => terms.Polynomial(r, 5.00000010e-01, 1.66665129e-01, 4.16661872e-02, 8.36959819e-03, 1.39517203e-03);

    private static Expr PowerOfTwo(Expr n) => (n + 127 << 23).BitsAs(Scalar.F32);
}
