using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>Casts from and to floats narrower than f32 as formulas over their bits, for machines that have no instruction for them.</summary>
/// <remarks>Exact: what is read is the same number, what is written is rounded once to nearest even. The meaning is that of <see cref="SmallFloats"/>.</remarks>
public static class NarrowFloats
{
    private const int Mantissa = 23, Bias = 127;

    /// <summary>A cast as simpler casts and arithmetic, one step; null where machines have it.</summary>
    /// <param name="hasHalf">Whether the machine casts between f16 and f32.</param>
    public static Expr? Expand(Cast cast, bool hasHalf)
    {
        var (from, to, x) = (cast.Operand.Type, cast.Type, cast.Operand);
        var native = hasHalf && (from == Scalar.F16 || to == Scalar.F16);
        return (IsNarrow(from), IsNarrow(to)) switch
        {
            (true, _) when to == Scalar.F32 => native ? null : Decode(x),
            (true, _) => x.As(Scalar.F32).As(to),
            (_, true) when from == Scalar.F32 => native ? null : Encode(x, to),
            (_, true) when from == Scalar.F64 => ToOdd(x).As(to),
            // Through the narrowest kind that holds them all, so that nothing is rounded twice.
            (_, true) => x.As(from is Scalar.Bool || from.Bits <= 16 ? Scalar.F32 : Scalar.F64).As(to),
            _ => null,
        };
    }

    private static bool IsNarrow(Scalar kind) => kind.IsReal && kind < Scalar.F32;

    /// <summary>The number that the bits of <paramref name="x"/> stand for, in f32.</summary>
    private static Expr Decode(Expr x)
    {
        var kind = x.Type;
        var code = x.BitsAs(Unsigned(kind)).As(Scalar.U32);
        if (kind == Scalar.BF16) return (code << 16).BitsAs(Scalar.F32);
        if (kind == Scalar.F8E8M0) return Expr.Select(Expr.Same(code, 255), NaN, Expr.Select(Expr.Same(code, 0), Bits(0x0040_0000), code << Mantissa).BitsAs(Scalar.F32));
        var f = SmallFloats.Of(kind);
        var width = f.Exponent + f.Mantissa;
        var magnitude = code & (1L << width) - 1;
        // The fields at f32's places are the number times a power of two, numbers below the least exponent included.
        Expr number = (magnitude << Mantissa - f.Mantissa).BitsAs(Scalar.F32) * Math.ScaleB(1, Bias - f.Bias);
        if (f.Infinity)
        {
            var top = (1L << f.Exponent) - 1 << f.Mantissa;
            number = Expr.Select(top <= magnitude, (magnitude - top << Mantissa - f.Mantissa | 0x7F80_0000).BitsAs(Scalar.F32), number);
        }
        else if (f.HasNan && !f.NegativeZeroIsNan) number = Expr.Select(Expr.Same(magnitude, (1L << width) - 1), NaN, number);
        var signed = (number.BitsAs(Scalar.U32) | code >> width << 31).BitsAs(Scalar.F32);
        return f.NegativeZeroIsNan ? Expr.Select(Expr.Same(code, 1L << width), NaN, signed) : signed;
    }

    /// <summary>The nearest number of a narrow kind.</summary>
    private static Expr Encode(Expr x, Scalar kind)
    {
        var all = x.BitsAs(Scalar.U32);
        var (sign, magnitude) = (all >> 31, all & 0x7FFF_FFFF);
        Expr code = kind == Scalar.F8E8M0 ? Exponent(magnitude) : Fields(SmallFloats.Of(kind), kind, sign, magnitude);
        return code.As(Unsigned(kind)).BitsAs(kind);
    }

    private static Expr Fields(SmallFloats.Format f, Scalar kind, Expr sign, Expr magnitude)
    {
        var (width, dropped, ones) = (f.Exponent + f.Mantissa, Mantissa - f.Mantissa, (1L << f.Exponent) - 1);
        // Half a unit less one, and one more where the unit is odd, carry what must be rounded up.
        var normal = (magnitude + ((1L << dropped - 1) - 1) + (magnitude >> dropped & 1) >> dropped) - ((long)Bias - f.Bias << f.Mantissa);
        var code = normal;
        if (f.Exponent < 8)
        {
            // Below the least exponent steps are even: adding a number whose last place is one step rounds to it.
            var anchor = Math.ScaleB(1, 1 - f.Bias - f.Mantissa + Mantissa);
            var small = (magnitude.BitsAs(Scalar.F32) + anchor).BitsAs(Scalar.U32) - BitConverter.SingleToUInt32Bits((float)anchor);
            code = Expr.Select(magnitude < BitConverter.SingleToUInt32Bits((float)Math.ScaleB(1, 1 - f.Bias)), small, normal);
        }
        var top = (1L << f.Mantissa) - 1;
        var largest = f.Infinity ? ones - 1 << f.Mantissa | top : f.NegativeZeroIsNan || !f.HasNan ? ones << f.Mantissa | top : (ones << f.Mantissa | top) - 1;
        // What is too large saturates, as ONNX casts; f16 and bf16 overflow, and infinity stays where there is one.
        var infinity = Bits(ones << f.Mantissa);
        var beyond = kind is Scalar.F16 or Scalar.BF16 ? infinity : f.Infinity ? Expr.Select(Expr.Same(magnitude, 0x7F80_0000), infinity, Bits(largest)) : Bits(largest);
        code = Expr.Select(code <= largest, code, beyond);
        var signed = code | sign << width;
        if (f.NegativeZeroIsNan) signed = Expr.Select(Expr.Same(code, 0), 0, signed);
        if (!f.HasNan) return Expr.Select(magnitude <= 0x7F80_0000, signed, sign << width);
        var nan = f.NegativeZeroIsNan ? 1L << width : f.Infinity ? ones << f.Mantissa | (f.Mantissa > 2 ? 1L << f.Mantissa - 1 : 3) : ones << f.Mantissa | top;
        return Expr.Select(magnitude <= 0x7F80_0000, signed, f.NegativeZeroIsNan ? nan : sign << width | nan);
    }

    /// <summary>The nearest power of two, counted from 2^-127; a number halfway, √2 of one, is none of f32's.</summary>
    private static Expr Exponent(Expr magnitude)
    {
        const int aboveRoot = 0x3504F4, aboveRootBelowNormal = 0x5A827A;
        var normal = (magnitude >> Mantissa) + ((magnitude & 0x7F_FFFF) + ((1 << Mantissa) - aboveRoot) >> Mantissa);
        var code = Expr.Select(magnitude < 0x0080_0000, Expr.Select(magnitude < aboveRootBelowNormal, Bits(0), Bits(1)), Expr.Min(normal, 254));
        return Expr.Select(magnitude <= 0x7F80_0000, code, 255);
    }

    /// <summary>An f64 in f32 with the last place odd where anything was lost: a second rounding, to fewer places, then errs no more than one.</summary>
    private static Expr ToOdd(Expr x)
    {
        var near = x.As(Scalar.F32);
        var (back, bits) = (near.As(Scalar.F64), near.BitsAs(Scalar.U32));
        var lower = Expr.Select(Call.Of(Function.Abs, x) < Call.Of(Function.Abs, back), bits - 1, bits);
        return Expr.Select((x < back) | (back < x), lower | 1, bits).BitsAs(Scalar.F32);
    }

    private static Expr Bits(long code) => Number.Of(Scalar.U32, code);

    private static Expr NaN => Number.Of(Scalar.F32, double.NaN);

    private static Scalar Unsigned(Scalar kind) => kind.Bits switch { 4 => Scalar.U4, 8 => Scalar.U8, _ => Scalar.U16 };
}
