using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>The functions of analysis as formulas of what every machine has, so that vectors take them as they take a sum.</summary>
/// <remarks>
/// Polynomials are minimax fits of our own. Errors are stated in units of the last place beside each function, for every f32 there is;
/// NaN, infinities, zeros and numbers below the normal range included. f64 is left to libm; whole numbers have powers only.
/// </remarks>
public static class Elementary
{
    private static readonly Dictionary<Function, Func<Terms, Expr, Expr>> OfOne = new()
    {
        [Function.Exp] = Exponential.Of,
        [Function.Log] = Logarithm.Of,
        [Function.Tanh] = HyperbolicTangent.Of,
        [Function.Erf] = ErrorFunction.Of,
        [Function.Sin] = Sine.Of,
        [Function.Cos] = Cosine.Of,
        [Function.Tan] = Tangent.Of,
        [Function.Asin] = ArcSine.Of,
        [Function.Acos] = ArcCosine.Of,
        [Function.Atan] = ArcTangent.Of,
        [Function.Sinh] = HyperbolicSine.Of,
        [Function.Cosh] = HyperbolicCosine.Of,
        [Function.Asinh] = AreaSine.Of,
        [Function.Acosh] = AreaCosine.Of,
        [Function.Atanh] = AreaTangent.Of,
    };

    /// <summary>The same number as a formula of simpler parts; null where the function is simple already, or is left to libm (f64).</summary>
    /// <param name="hasFma">Whether the machine multiplies and adds in one step.</param>
    public static Expr? Expand(Call call, bool hasFma)
    {
        if (call.Function == Function.Pow && call.Type != Scalar.F64) return Power.Of(new(hasFma), call.Arguments[0], call.Arguments[1]);
        return call.Type == Scalar.F32 && OfOne.TryGetValue(call.Function, out var formula) ? formula(new(hasFma), call.Arguments[0]) : null;
    }
}
