using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>An angle as whole quarter turns and a rest, for every f32, however large: in f64, against 203 bits of 2/π.</summary>
internal static class QuarterTurns
{
    /// <summary>2/π cut into 29 bits each: times the 24 bits of an f32 they are exact in f64.</summary>
    private static readonly long[] TwoOverPi = [341782637, 423170132, 352195499, 488592205, 461485765, 90590992, 478285810];

    /// <returns>Quarter turns modulo 4 as i32, and the rest as an angle of at most π/4, right to a unit of the last place.</returns>
    public static (Expr Turns, Expr Left) Of(Terms terms, Expr x)
    {
        var wide = x.As(Scalar.F64);
        Expr rest = Number.Of(Scalar.F64, 0.0), turns = Number.Of(Scalar.F64, 0.0);
        foreach (var (i, part) in TwoOverPi.Index())
        {
            var product = wide * Math.ScaleB(part, -29 * (i + 1));
            // Whole turns of the circle drop out, without rounding.
            rest += terms.MulAdd(Call.Of(Function.Round, product * 0.25), -4.0, product);
            var whole = Call.Of(Function.Round, rest);
            (turns, rest) = (turns + whole, rest - whole);
        }
        return (turns.As(Scalar.I32) & 3, (rest * (Math.PI / 2)).As(Scalar.F32));
    }

    /// <summary>The sine of an angle up to π/4.</summary>
    public static Expr Sine(Terms terms, Expr r) => terms.MulAdd(r * (r * r), terms.Polynomial(r * r, -1.66666549e-01, 8.33217354e-03, -1.95166558e-04), r);

    /// <summary>The cosine of an angle up to π/4.</summary>
    public static Expr Cosine(Terms terms, Expr r)
    {
        var square = r * r;
        return terms.MulAdd(square * square, terms.Polynomial(square, 4.16666467e-02, -1.38873615e-03, 2.44377301e-05), square * -0.5) + 1.0;
    }

    /// <summary>The sine or cosine that a number of quarter turns leads to.</summary>
    public static Expr Wave(Terms terms, Expr turns, Expr rest)
    {
        var value = Expr.Select(Expr.Same(turns & 1, 0), Sine(terms, rest), Cosine(terms, rest));
        return Expr.Select(Expr.Same(turns & 2, 0), value, -value);
    }
}
