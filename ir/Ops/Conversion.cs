namespace Lathe.Ir.Ops;

/// <summary>A number of one kind as the number that another kind would store.</summary>
internal static class Conversion
{
    /// <returns>In the arithmetic kind of <paramref name="to"/>, already one that it can store.</returns>
    public static Expr Of(Expr number, Scalar to, bool saturate, string roundMode)
    {
        if (to == Scalar.Bool) return number.Type == Scalar.Bool ? number : Expr.Not(Expr.Same(number, 0));
        if (to == Scalar.F8E8M0) return PowerOfTwo(number.As(Scalar.F32), roundMode);
        if (to.Arithmetic == to) return number.As(to);
        // Numbers of less than a byte keep the low bits, reals by way of a kind wide enough to hold them.
        if (!to.IsReal) return (number.Type.IsReal ? number.As(Scalar.I32) : number).As(to).As(to.Arithmetic);
        // Straight into the narrow kind: by way of f32 it would be rounded twice.
        var stored = number.As(to).As(Scalar.F32);
        if (Largest(to) is not { } last) return stored;
        var single = number.As(Scalar.F32);
        Expr beyond = to == Scalar.F8E5M2 ? saturate ? Call.Of(Function.Sign, single) * 57344 : single * double.PositiveInfinity : saturate ? stored : Number.Of(Scalar.F32, double.NaN);
        return Expr.Select(Expr.Abs(single) > last, beyond, stored);
    }

    /// <summary>The last number that rounds to a finite f8.</summary>
    private static double? Largest(Scalar kind) => kind switch
    {
        Scalar.F8E4M3FN => 464,
        Scalar.F8E4M3FNUZ => MathF.BitDecrement(248),
        Scalar.F8E5M2 or Scalar.F8E5M2FNUZ => MathF.BitDecrement(61440),
        _ => null,
    };

    /// <summary>A power of two near a positive number, by carrying or dropping the mantissa bits of f32.</summary>
    private static Expr PowerOfTwo(Expr x, string mode)
    {
        Expr mantissa = Number.Of(Scalar.U32, 0x7fffffL), carry = Number.Of(Scalar.U32, mode switch { "up" => 0x7fffffL, "down" => 0, "nearest" => 0x400000, _ => throw new TypeException($"round_mode must be up, down or nearest, it is {mode}") });
        var bits = Expr.Abs(x).BitsAs(Scalar.U32) + carry & Expr.Not(mantissa);
        return Expr.Select(Call.Of(Function.IsNan, x), x, Expr.Min(bits.BitsAs(Scalar.F32), Math.ScaleB(1, 127)));
    }
}
