using Lathe.Ir;

namespace Lathe.Codegen;

/// <summary>Formulas in terms of what a machine has.</summary>
internal static class Simpler
{
    /// <summary>The same number as a formula of what the machine has, one step; null where it has it already.</summary>
    /// <param name="hasFma">Whether it multiplies and adds in one step.</param>
    /// <param name="hasHalf">Whether it casts between f16 and f32.</param>
    public static Expr? Of(Expr e, bool hasFma, bool hasHalf) => e switch
    {
        // Floats narrower than f32 are stored, never computed with.
        Binary b when Narrow(b.A.Type) => Widened(b) is var wide && b.Operator.IsComparison() ? wide : wide.As(b.A.Type),
        Call { Function: not Function.Select } c when Narrow(c.Arguments[0].Type) => Widened(c) is var wide && c.Type == Scalar.Bool ? wide : wide.As(c.Type),
        Reduce r when Narrow(r.Type) => Reduce.Of(r.Kind, r.Axes, r.Body.As(Scalar.F32)).As(r.Type),
        // Where the machine has no step for it libm's function would be called lane by lane. The product is exact in f64; the sum rounds there, then to f32.
        Call { Function: Function.Fma, Type: Scalar.F32, Arguments: [var x, var y, var z] } when !hasFma => (x.As(Scalar.F64) * y.As(Scalar.F64) + z.As(Scalar.F64)).As(Scalar.F32),
        Cast c => NarrowFloats.Expand(c, hasHalf),
        Call c => Elementary.Expand(c, hasFma),
        _ => null,
    };

    private static bool Narrow(Scalar kind) => kind.IsReal && kind < Scalar.F32;

    private static Expr Widened(Expr e) => e.With([.. e.Children.Select(child => child.As(Scalar.F32))]);
}
