using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>x^y: of f32 within 1 unit of the last place, by way of f64 (cubes 2 units); of whole numbers exact, wrapping, a negative exponent rounded toward zero.</summary>
internal static class Power
{
    /// <summary>Added to a number below 2^51, it leaves the nearest whole number in the low bits.</summary>
    private const double Anchor = 3L << 51;

    public static Expr Of(Terms terms, Expr x, Expr y) => x.Type.IsInteger ? OfWholes(x, y) : y is Number n ? OfKnown(terms, x, n.Real) : OfReals(terms, x, y);

    /// <summary>Exponents that formulas state: squares, cubes, roots.</summary>
    private static Expr OfKnown(Terms terms, Expr x, double y) => y switch
    {
        1 => x,
        2 => x * x,
        3 => x * x * x,
        -1 => 1.0 / x,
        // The root of -0 is 0 here and that of -∞ is ∞.
        0.5 => Expr.Select(Expr.Same(x, -Terms.Infinity), Terms.Infinity, Call.Of(Function.Sqrt, x + 0.0)),
        _ => OfReals(terms, x, Number.Of(Scalar.F32, y)),
    };

    private static Expr OfReals(Terms terms, Expr x, Expr y)
    {
        var (one, zero) = (Number.Of(Scalar.F32, 1.0), Number.Of(Scalar.F32, 0.0));
        var magnitude = Terms.Magnitude(x);
        var power = TwoToThe(terms, y.As(Scalar.F64) * BinaryLogarithm(terms, magnitude.As(Scalar.F64)));
        var usual = Expr.Select(Expr.Same(magnitude, 0.0), Expr.Select(y < 0.0, Terms.Infinity, zero),
            Expr.Select(Expr.Same(magnitude, Terms.Infinity), Expr.Select(y < 0.0, zero, Terms.Infinity), power));
        var whole = Expr.Same(Call.Of(Function.Floor, y), y);
        var half = y * 0.5;
        var odd = whole & Expr.Not(Expr.Same(Call.Of(Function.Floor, half), half));
        var negative = x.BitsAs(Scalar.I32) < 0;
        var signed = Expr.Select(negative & odd, -usual, usual);
        var real = Expr.Select((x < 0.0) & Expr.Not(whole) & Expr.Not(Expr.Same(x, -Terms.Infinity)), Terms.NaN, signed);
        // The least exceptions: anything to the 0 and 1 to anything are 1, and so is ±1 to an infinite power; NaN to anything else is NaN.
        var certain = Expr.Same(y, 0.0) | Expr.Same(x, 1.0) | Expr.Same(magnitude, 1.0) & Expr.Same(Terms.Magnitude(y), Terms.Infinity);
        return Expr.Select(certain, one, Expr.Select(Call.Of(Function.IsNan, x) | Call.Of(Function.IsNan, y), Terms.NaN, real));
    }

    /// <summary>log₂ of a positive f32, in f64 and right to 2^-44 of itself.</summary>
    private static Expr BinaryLogarithm(Terms terms, Expr x)
    {
        var bits = x.BitsAs(Scalar.I64);
        var exponent = bits - BitConverter.DoubleToInt64Bits(Math.Sqrt(0.5)) >> 52;
        var m = (bits - (exponent << 52)).BitsAs(Scalar.F64);
        var e = (exponent + BitConverter.DoubleToInt64Bits(Anchor)).BitsAs(Scalar.F64) - Anchor;
        var s = (m - 1.0) / (m + 1.0);
        var square = s * s;
        var series = terms.Polynomial(square, 3.33333333379816632e-01, 1.99999977799059286e-01, 1.42860581931088138e-01, 1.10879307780230460e-01, 9.79459824224249848e-02);
        return terms.MulAdd(terms.MulAdd(s * square, series, s), 2 / Math.Log(2), e);
    }

    /// <summary>2^x, rounded to f32 once.</summary>
    private static Expr TwoToThe(Terms terms, Expr x)
    {
        var limited = Expr.Clamp(x, -160.0, 160.0);
        var anchored = limited + Anchor;
        var r = limited - (anchored - Anchor);
        var series = terms.Polynomial(r, 6.93147180545266139e-01, 2.40226506958987285e-01, 5.55041094385061301e-02, 9.61812912550762816e-03, 1.33334480516556723e-03, 1.54034880093461619e-04, 1.53107445831805064e-05, 1.32467507465130650e-06);
        var power = anchored.BitsAs(Scalar.I64) - BitConverter.DoubleToInt64Bits(Anchor) << 52;
        return (terms.MulAdd(r, series, 1.0).BitsAs(Scalar.I64) + power).BitsAs(Scalar.F64).As(Scalar.F32);
    }

    /// <summary>By squaring, a bit of the exponent at a time.</summary>
    private static Expr OfWholes(Expr x, Expr y)
    {
        var kind = x.Type;
        Expr power = Number.Of(kind, 1L), square = x;
        var bits = kind.Bits - (kind.IsSigned ? 1 : 0);
        if (y is Number n) bits = n.Integer < 0 && kind.IsSigned ? 0 : 64 - (int)ulong.LeadingZeroCount((ulong)n.Integer);
        for (var bit = 0; bit < bits; bit++)
        {
            power = Expr.Select(Expr.Same(y >> Number.Of(kind, (long)bit) & 1, 1), power * square, power);
            if (bit < bits - 1) square *= square;
        }
        if (!kind.IsSigned) return power;
        var reciprocal = Expr.Select(Expr.Same(x, 1), x, Expr.Select(Expr.Same(x, -1), Expr.Select(Expr.Same(y & 1, 0), Number.Of(kind, 1L), x), Number.Of(kind, 0L)));
        return Expr.Select(y < 0, reciprocal, power);
    }
}
