using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>Ways to write sums of products for a machine.</summary>
/// <param name="HasFma">Whether it multiplies and adds in one step, rounding once.</param>
internal readonly record struct Terms(bool HasFma)
{
    /// <summary>a·b + c.</summary>
    public Expr MulAdd(Expr a, Expr b, Expr c) => HasFma ? Expr.Fma(a, b, c) : a * b + c;

    /// <summary>c0 + c1·x + c2·x² + …</summary>
    public Expr Polynomial(Expr x, params ReadOnlySpan<double> coefficients)
    {
        var sum = Number.Of(x.Type, coefficients[^1]);
        for (var i = coefficients.Length - 2; i >= 0; i--) sum = MulAdd(sum, x, Number.Of(x.Type, coefficients[i]));
        return sum;
    }

    /// <summary>|x|</summary>
    public static Expr Magnitude(Expr x) => Call.Of(Function.Abs, x);

    /// <summary>A number that is not negative, with the sign of another.</summary>
    public static Expr Signed(Expr magnitude, Expr sign) => (magnitude.BitsAs(Scalar.U32) | sign.BitsAs(Scalar.U32) & 0x8000_0000).BitsAs(Scalar.F32);

    public static Expr NaN => Number.Of(Scalar.F32, double.NaN);
    public static Expr Infinity => Number.Of(Scalar.F32, double.PositiveInfinity);
}
