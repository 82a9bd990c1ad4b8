namespace Lathe.Ir;

/// <summary>Codes of small floats: a sign above an exponent above a mantissa.</summary>
internal static class SmallFloatCode
{
    private static readonly Dictionary<FloatFields, Ladder> Ladders = Enum.GetValues<FloatFields>().ToDictionary(fields => fields, Numbers);

    public static Code Of(FloatFields fields) => new(false, 1 + Exponent(fields) + Mantissa(fields));

    /// <summary>The numbers of all codes. Infinities, what is no number and the second zero are never stored.</summary>
    public static Ladder Ladder(FloatFields fields) => Ladders[fields];

    /// <summary>The number of a code.</summary>
    /// <remarks>
    /// An f16 has room for the fields of all of these, and its exponent is off by a constant: so its conversion to f32, which machines have, reads them all, numbers
    /// below the least exponent too. The factor does not depend on the code: a product applies it to its sums.
    /// </remarks>
    public static Expr Read(FloatFields fields, Expr code)
    {
        var (bits, sign) = (code.As(Scalar.U16), 1 << Of(fields).Bits - 1);
        Expr U(int n) => Number.Of(Scalar.U16, (long)n);
        var half = (bits & U(sign)) << U(16 - Of(fields).Bits) | (bits & U(sign - 1)) << U(10 - Mantissa(fields));
        return half.BitsAs(Scalar.F16).As(Scalar.F32) * Number.Of(Scalar.F32, Math.ScaleB(1, 15 - Bias(fields)));
    }

    private static Ladder Numbers(FloatFields fields)
    {
        var (bits, mantissa) = (Of(fields).Bits, Mantissa(fields));
        var (sign, all) = (1 << bits - 1, new float[1 << bits]);
        for (var code = 0; code < all.Length; code++)
        {
            var magnitude = code & sign - 1;
            var isNumber = fields switch { FloatFields.E4m3 => magnitude != sign - 1, FloatFields.E5m2 => magnitude >> mantissa != 31, _ => true };
            var half = (float)BitConverter.Int16BitsToHalf((short)((code & sign) << 16 - bits | magnitude << 10 - mantissa));
            all[code] = isNumber ? MathF.ScaleB(half, 15 - Bias(fields)) : float.NaN;
        }
        return new(all);
    }

    private static int Exponent(FloatFields fields) => fields.ToString()[1] - '0';
    private static int Mantissa(FloatFields fields) => fields.ToString()[3] - '0';
    private static int Bias(FloatFields fields) => (1 << Exponent(fields) - 1) - 1;
}
