using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>atan x within 3 units of the last place.</summary>
internal static class ArcTangent
{
    public static Expr Of(Terms terms, Expr x)
    {
        var t = Terms.Magnitude(x);
        // Turned back by a quarter or an eighth of the half circle, so that the rest is below tan π/8.
        var (far, middle) = (2.41421356 < t, 0.414213562 < t);
        var over = Expr.Select(far, Number.Of(Scalar.F32, -1.0), Expr.Select(middle, t - 1.0, t));
        var under = Expr.Select(far, t, Expr.Select(middle, t + 1.0, Number.Of(Scalar.F32, 1.0)));
        var rest = over / under;
        var square = rest * rest;
        var angle = terms.MulAdd(rest * square, terms.Polynomial(square, -3.33333155e-01, 1.99984894e-01, -1.42438486e-01, 1.05960010e-01, -6.08345233e-02), rest);
        var turn = Expr.Select(far, Number.Of(Scalar.F32, Math.PI / 2), Expr.Select(middle, Number.Of(Scalar.F32, Math.PI / 4), Number.Of(Scalar.F32, 0.0)));
        return Terms.Signed(angle + turn, x);
    }
}
