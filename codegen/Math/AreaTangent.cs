using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>atanh x = ½ log((1 + x) / (1 - x)) within 3 units of the last place; NaN beyond ±1.</summary>
internal static class AreaTangent
{
    public static Expr Of(Terms terms, Expr x)
    {
        var t = Terms.Magnitude(x);
        return Terms.Signed(Logarithm.OfOneMore(terms, t * 2.0 / (1.0 - t)) * 0.5, x);
    }
}
