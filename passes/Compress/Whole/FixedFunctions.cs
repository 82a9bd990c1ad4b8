using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Functions of reals in whole numbers: polynomials, shifts, square roots digit by digit.</summary>
internal static class FixedFunctions
{
    private const int Behind = 26, Ahead = 30;

    /// <summary>Largest power of two: the step is that of the largest result, and a quotient such as 1 / (1 + e^x) needs the small ones too.</summary>
    private const double MostPower = 4;

    /// <summary>2^f for 0 ≤ f &lt; 1 as a polynomial in f; off by less than 3e-9 (fitted at Chebyshev's points).</summary>
    private static readonly double[] Power2 = [1.00000000259, 0.693146928693, 0.240230502046, 0.0554804263216, 0.00968458046144, 0.00123878213895, 0.000218775050964];

    /// <summary>e^x = 2^n · 2^f with x·log2(e) = n + f: a polynomial, and a shift by n. Off by 2e-8 of what e^x is at most.</summary>
    public static FixedNumber Power(FixedNumber x)
    {
        // Less than the last bit of the largest is nothing.
        var high = x.High * Math.Log2(Math.E);
        if (high > MostPower) throw new UnservedException($"e^x for x up to {x.High:0.#}, which has one step for all");
        if (x.Far * Math.Log2(Math.E) >= Math.ScaleB(1, 62 - Behind)) throw new UnservedException($"e^x for x down to {x.Low:0.#e+0}");
        var top = (int)Math.Ceiling(Math.Max(high, 0));
        var low = (double)(top - 60);
        var y = x.Times(x.Step * Math.Log2(Math.E) * (1L << Behind));
        y = Expr.Clamp(y, (long)(low * (1L << Behind)), (long)top << Behind);
        Expr whole = y >> Behind, part = y & (1L << Behind) - 1;
        Expr sum = (long)Math.Round(Math.ScaleB(Power2[^1], Ahead));
        foreach (var coefficient in Power2.SkipLast(1).Reverse()) sum = FixedNumber.Shifted(sum * part, Behind) + (long)Math.Round(Math.ScaleB(coefficient, Ahead));
        return new(sum >> Expr.Min(top - whole, 62), Math.ScaleB(1, top - Ahead), 0, Math.Exp(x.High));
    }

    /// <summary>√x to the last of thirty bits, one bit after another.</summary>
    public static FixedNumber Root(FixedNumber x)
    {
        if (x.Low < 0) throw new UnservedException("the root of what may be below 0");
        var fitted = x.Fit(60);
        var up = (60 - fitted.Bits) / 2;
        var square = fitted.Wide << 2 * up;
        Expr root = Number.Of(Scalar.I64, 0L);
        for (var bit = 30; bit >= 0; bit--)
        {
            var more = root + (1L << bit);
            root = Expr.Select(more * more <= square, more, root);
        }
        return new(root, Math.Sqrt(fitted.Step) / (1L << up), Math.Sqrt(x.Low) * 0.999, Math.Sqrt(x.High));
    }

    /// <summary>tanh |x| = (1 - e^-2|x|) / (1 + e^-2|x|), with the sign of x.</summary>
    public static Expr Tangent(Expr x)
    {
        var small = Expr.Exp(Expr.Min(Expr.Abs(x), 12.0) * -2.0);
        var far = (1.0 - small) / (small + 1.0);
        return Expr.Select(x < 0.0, far * -1.0, far);
    }

    /// <summary>The error function: 7.1.26 of Abramowitz and Stegun, off by less than 1.5e-7.</summary>
    public static Expr Error(Expr x)
    {
        var size = Expr.Min(Expr.Abs(x), 4.0);
        var t = 1.0 / (size * 0.3275911 + 1.0);
        var sum = ((((t * 1.061405429 - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
        var far = 1.0 - sum * Expr.Exp(size * size * -1.0);
        return Expr.Select(x < 0.0, far * -1.0, far);
    }
}
