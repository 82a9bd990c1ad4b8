using System.Numerics;
using System.Runtime.CompilerServices;

namespace Lathe.Ir;

/// <summary>The arithmetic of formulas where C#'s own differs: total on whole numbers, wrapping, rounding down, halves to even.</summary>
/// <remarks>Whole numbers divided by 0 give 0, as NumPy has it; a shift by the width or more shifts everything out.</remarks>
internal static class Arithmetic
{
    /// <summary>a / b rounded down.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T FloorDivide<T>(T a, T b) where T : IBinaryInteger<T>
    {
        if (T.IsZero(b)) return T.Zero;
        if (IsMinusOne(b)) return unchecked(T.Zero - a);
        var quotient = a / b;
        return T.IsNegative(a) != T.IsNegative(b) && quotient * b != a ? quotient - T.One : quotient;
    }

    /// <summary>What rounding down leaves; it has the sign of b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T FloorModulo<T>(T a, T b) where T : IBinaryInteger<T>
    {
        if (T.IsZero(b) || IsMinusOne(b)) return T.Zero;
        var left = a % b;
        return !T.IsZero(left) && T.IsNegative(left) != T.IsNegative(b) ? left + b : left;
    }

    public static T Quotient<T>(T a, T b) where T : IBinaryInteger<T> => T.IsZero(b) ? T.Zero : IsMinusOne(b) ? unchecked(T.Zero - a) : a / b;

    public static T Remainder<T>(T a, T b) where T : IBinaryInteger<T> => T.IsZero(b) || IsMinusOne(b) ? T.Zero : a % b;

    /// <summary>The remainder of reals that has the sign of b.</summary>
    public static double RealModulo(double a, double b)
    {
        var left = a % b;
        return left != 0 && double.IsNegative(left) != double.IsNegative(b) ? left + b : left;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Min<T>(T a, T b) where T : INumber<T> => T.Min(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Max<T>(T a, T b) where T : INumber<T> => T.Max(a, b);

    public static T Abs<T>(T x) where T : INumber<T> => T.IsNegative(x) ? unchecked(T.Zero - x) : x;

    public static T RealAbs<T>(T x) where T : IFloatingPointIeee754<T> => T.Abs(x);

    /// <summary>-1, 0 or 1; NaN of NaN.</summary>
    public static T Sign<T>(T x) where T : INumber<T> => x > T.Zero ? T.One : x < T.Zero ? unchecked(T.Zero - T.One) : T.IsZero(x) ? T.Zero : x;

    public static T Fma<T>(T a, T b, T c) where T : INumber<T> => unchecked(a * b + c);

    public static T RealFma<T>(T a, T b, T c) where T : IFloatingPointIeee754<T> => T.FusedMultiplyAdd(a, b, c);

    public static T ShiftLeft<T>(T x, long by, int width) where T : IBinaryInteger<T> => (ulong)by >= (ulong)width ? T.Zero : x << (int)by;

    public static T ShiftRight<T>(T x, long by, int width) where T : IBinaryInteger<T> => (ulong)by < (ulong)width ? x >> (int)by : T.IsNegative(x) ? T.Zero - T.One : T.Zero;

    /// <summary>A whole power by squaring, wrapping; a negative exponent rounds toward zero.</summary>
    public static T Power<T>(T x, T exponent) where T : IBinaryInteger<T>
    {
        if (T.IsNegative(exponent)) return x == T.One ? T.One : IsMinusOne(x) ? T.IsEvenInteger(exponent) ? T.One : x : T.Zero;
        var power = T.One;
        for (; !T.IsZero(exponent); exponent >>= 1, x = unchecked(x * x)) if (T.IsOddInteger(exponent)) power = unchecked(power * x);
        return power;
    }

    public static T PopCount<T>(T x) where T : IBinaryInteger<T> => T.PopCount(x);

    public static double RoundEven(double x) => Math.Round(x, MidpointRounding.ToEven);

    public static double RealQuotient(double a, double b) => Math.Truncate(a / b);

    /// <summary>C's fmod.</summary>
    public static double RealRemainder(double a, double b) => a % b;

    /// <summary>A real number as a whole one: truncated toward zero, saturated; NaN is 0.</summary>
    public static T Saturate<T>(double x, double low, double high) where T : IBinaryInteger<T> => T.CreateSaturating(Math.Clamp(Math.Truncate(x), low, high));

    public static float SingleOf(ulong x) => x <= long.MaxValue ? SingleOf((long)x) : 2 * SingleOf((long)(x >> 1 | x & 1));

    public static float SingleOf(long x)
    {
        // Through f64 a number beyond 2^53 would round twice; a sticky bit in place of what f64 drops makes the first rounding harmless.
        if (x == long.MinValue || Math.Abs(x) < 1L << 53) return x;
        return (float)(double)((x & ~0x7FFL) + ((x & 0x7FF) != 0 ? 0x400L : 0L));
    }

    public static double DoubleOf(ulong x) => x;

    /// <summary>The low bits as a number of that width.</summary>
    public static sbyte WrapSigned(sbyte x, int bits) => (sbyte)(x << (32 - bits) >> (32 - bits));

    public static byte WrapUnsigned(byte x, int bits) => (byte)(x & (1 << bits) - 1);

    /// <summary>2/√π ∫₀ˣ exp(-t²) dt within a few units of the last place: a series of positive terms below 2.5, a continued fraction of erfc above.</summary>
    public static double Erf(double x)
    {
        var magnitude = Math.Abs(x);
        if (double.IsNaN(x)) return x;
        if (magnitude > 6) return Math.Sign(x); // erfc(6) = 2e-17
        double result;
        if (magnitude < 2.5)
        {
            var (term, sum) = (magnitude, magnitude);
            for (var n = 1; term > sum * 1e-17; n++) sum += term *= 2 * magnitude * magnitude / (2 * n + 1);
            result = 2 / Math.Sqrt(Math.PI) * Math.Exp(-magnitude * magnitude) * sum;
        }
        else
        {
            var fraction = magnitude;
            for (var n = 60; n > 0; n--) fraction = magnitude + n / 2.0 / fraction;
            result = 1 - Math.Exp(-magnitude * magnitude) / Math.Sqrt(Math.PI) / fraction;
        }
        return double.IsNegative(x) ? -result : result;
    }

    /// <summary>A small float's code as f32, which holds them all.</summary>
    public static float Decode(int code, int kind) => (Tables[kind] ??= [.. Enumerable.Range(0, 1 << ((Scalar)kind).Bits).Select(each => (float)SmallFloats.Decode((Scalar)kind, each))])[code];

    private static readonly float[]?[] Tables = new float[]?[(int)Scalar.F32];

    public static byte EncodeByte(double x, int kind) => (byte)SmallFloats.Encode((Scalar)kind, x);

    public static ushort EncodeShort(double x, int kind) => (ushort)SmallFloats.Encode((Scalar)kind, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsMinusOne<T>(T x) where T : IBinaryInteger<T> => T.IsNegative(x) && T.IsZero(x + T.One);
}
