namespace Lathe.Ir;

/// <summary>The floats narrower than f32, described by their fields: bits to number and back, rounding to nearest even.</summary>
/// <remarks>f8 and e8m0 follow ONNX's "Float stored in 8 bits" and the OCP formats; encoding saturates, but an infinity stays one where the format has it.</remarks>
public static class SmallFloats
{
    /// <summary>The fields of a format.</summary>
    /// <param name="Exponent">Bits of the exponent.</param>
    /// <param name="Mantissa">Bits of the mantissa.</param>
    /// <param name="Bias">Of the exponent.</param>
    /// <param name="Infinity">Whether the highest exponent holds infinities and NaNs as in IEEE 754.</param>
    /// <param name="NegativeZeroIsNan">FNUZ: no -0, its code is the only NaN.</param>
    public sealed record Format(int Exponent, int Mantissa, int Bias, bool Infinity, bool NegativeZeroIsNan = false, bool HasNan = true);

    /// <summary>The format of a kind; f8e8m0 has no sign and no mantissa and is none of these.</summary>
    public static Format Of(Scalar kind) => kind switch
    {
        Scalar.F16 => new(5, 10, 15, true),
        Scalar.BF16 => new(8, 7, 127, true),
        Scalar.F8E5M2 => new(5, 2, 15, true),
        Scalar.F8E4M3FN => new(4, 3, 7, false),
        Scalar.F8E5M2FNUZ => new(5, 2, 16, false, true),
        Scalar.F8E4M3FNUZ => new(4, 3, 8, false, true),
        Scalar.F4E2M1 => new(2, 1, 1, false, false, false),
        _ => throw new ArgumentException($"{kind.Text} is not a small float"),
    };

    public static double Decode(Scalar kind, int bits)
    {
        if (kind == Scalar.F8E8M0) return bits == 255 ? double.NaN : Math.ScaleB(1, bits - 127);
        var f = Of(kind);
        var (width, ones) = (1 + f.Exponent + f.Mantissa, (1 << f.Exponent) - 1);
        var (sign, exponent, mantissa) = (bits >> (width - 1) & 1, bits >> f.Mantissa & ones, bits & (1 << f.Mantissa) - 1);
        if (f.NegativeZeroIsNan && bits == 1 << (width - 1)) return double.NaN;
        if (f.Infinity && exponent == ones) return mantissa != 0 ? double.NaN : sign != 0 ? double.NegativeInfinity : double.PositiveInfinity;
        if (!f.Infinity && !f.NegativeZeroIsNan && f.HasNan && exponent == ones && mantissa == (1 << f.Mantissa) - 1) return double.NaN;
        var magnitude = exponent == 0 ? Math.ScaleB(mantissa, 1 - f.Bias - f.Mantissa) : Math.ScaleB((1 << f.Mantissa) + mantissa, exponent - f.Bias - f.Mantissa);
        return sign != 0 ? -magnitude : magnitude;
    }

    /// <param name="kind">The format.</param>
    /// <param name="value">Rounded to nearest, ties to even.</param>
    /// <param name="saturate">For f8: whether what is too large becomes the largest number instead of an infinity or NaN.</param>
    public static int Encode(Scalar kind, double value, bool saturate = true)
    {
        if (kind == Scalar.F8E8M0) return double.IsNaN(value) ? 255 : (int)Math.Clamp(Math.Round(Math.Log2(Math.Abs(value))) + 127, 0, 254);
        var f = Of(kind);
        var (width, ones) = (1 + f.Exponent + f.Mantissa, (1 << f.Exponent) - 1);
        var (signBit, top) = (1 << (width - 1), (1 << f.Mantissa) - 1);
        var sign = double.IsNegative(value) ? signBit : 0;
        var nan = f.NegativeZeroIsNan ? signBit : f.Infinity ? sign | ones << f.Mantissa | (f.Mantissa > 2 ? 1 << (f.Mantissa - 1) : 3) : f.HasNan ? sign | ones << f.Mantissa | top : sign;
        if (double.IsNaN(value)) return nan;
        var largest = f.Infinity ? (ones - 1) << f.Mantissa | top : f.NegativeZeroIsNan || !f.HasNan ? ones << f.Mantissa | top : ones << f.Mantissa | top - 1;
        var magnitude = Math.Abs(value);
        var exponent = magnitude == 0 ? 1 - f.Bias : Math.Max(1 - f.Bias, Math.ILogB(magnitude));
        var steps = double.IsInfinity(magnitude) ? double.PositiveInfinity : Math.Round(Math.ScaleB(magnitude, f.Mantissa - exponent), MidpointRounding.ToEven);
        // A mantissa that rounds up to the next power of two carries into the exponent by itself.
        var code = double.IsInfinity(steps) ? int.MaxValue : (exponent + f.Bias - 1 << f.Mantissa) + (int)steps;
        if (code > largest)
        {
            var keepsInfinity = kind is Scalar.F16 or Scalar.BF16 || double.IsInfinity(value);
            if (f.Infinity && (keepsInfinity || !saturate)) return sign | ones << f.Mantissa;
            return saturate || !f.HasNan ? sign | largest : nan;
        }
        return f.NegativeZeroIsNan && code == 0 ? 0 : sign | code;
    }
}
