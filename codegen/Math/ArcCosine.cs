using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>acos x within 2 units of the last place.</summary>
internal static class ArcCosine
{
    public static Expr Of(Terms terms, Expr x)
    {
        var magnitude = Terms.Magnitude(x);
        var near = magnitude < 0.5;
        var angle = ArcSine.Small(terms, Expr.Select(near, magnitude, ArcSine.Far(magnitude)));
        var turned = Expr.Select(x < 0.0, Math.PI - angle * 2.0, angle * 2.0);
        return Expr.Select(near, Math.PI / 2 - Expr.Select(x < 0.0, -angle, angle), turned);
    }
}
