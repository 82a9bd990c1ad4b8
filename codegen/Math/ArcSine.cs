using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>asin x within 3 units of the last place.</summary>
internal static class ArcSine
{
    public static Expr Of(Terms terms, Expr x)
    {
        var magnitude = Terms.Magnitude(x);
        var (near, half) = (magnitude < 0.5, Far(magnitude));
        var angle = Small(terms, Expr.Select(near, magnitude, half));
        return Terms.Signed(Expr.Select(near, angle, terms.MulAdd(angle, -2.0, Math.PI / 2)), x);
    }

    /// <summary>The sine of half the angle that is missing to a right one.</summary>
    public static Expr Far(Expr magnitude) => Call.Of(Function.Sqrt, (1.0 - magnitude) * 0.5);

    /// <summary>For x in 0…1/2.</summary>
    public static Expr Small(Terms terms, Expr x) =>
        terms.MulAdd(x * (x * x), terms.Polynomial(x * x, 1.66666645e-01, 7.50029911e-02, 4.45494462e-02, 3.15733906e-02, 1.52260702e-02, 3.65146529e-02), x);
}
