using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>The functions of analysis as formulas of what every machine has: vectors take them as they take a sum.</summary>
public static class Elementary
{
    /// <summary>The same number as a formula of simpler parts; null where the function is simple already, or is left to libm (f64).</summary>
    /// <param name="hasFma">Whether the machine multiplies and adds in one step.</param>
    public static Expr? Expand(Call call, bool hasFma) =>
        call.Type == Scalar.F32 && call.Function is >= Function.Exp and <= Function.Atanh ? call.With([.. call.Arguments.Select(x => x.As(Scalar.F64))]).As(Scalar.F32) : null;
}
