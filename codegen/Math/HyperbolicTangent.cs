using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>tanh x within 3 units of the last place.</summary>
internal static class HyperbolicTangent
{
    public static Expr Of(Terms terms, Expr x)
    {
        // From 9.02 on the result is 1.
        var less = Exponential.LessOne(terms, Expr.Min(Terms.Magnitude(x) * 2.0, 20.0));
        return Terms.Signed(less / (less + 2.0), x);
    }
}
