using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>cosh x within 2 units of the last place.</summary>
internal static class HyperbolicCosine
{
    public static Expr Of(Terms terms, Expr x)
    {
        var half = Exponential.Scaled(terms, Terms.Magnitude(x), -1);
        return half + 0.25 / half;
    }
}
