using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>acosh x = log(x + √(x² - 1)) within 3 units of the last place; NaN below 1.</summary>
internal static class AreaCosine
{
    public static Expr Of(Terms terms, Expr x)
    {
        var above = x - 1.0;
        var near = Logarithm.OfOneMore(terms, above + Call.Of(Function.Sqrt, above * 2.0 + above * above));
        return Expr.Select(x < 1.0, Terms.NaN, Expr.Select(x < 4096.0, near, Logarithm.Of(terms, x) + Math.Log(2)));
    }
}
