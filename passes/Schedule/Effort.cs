using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What formulas take beside multiply-adds, counted off their parts: what decoding a weight format costs needs no entry of its own anywhere.</summary>
internal static class Effort
{
    /// <summary>A function such as exp is a polynomial with what it takes to get into its range.</summary>
    private const double Function = 14;

    /// <summary>Machine steps of vectors for a number of each lane; a part that is there twice is worked out once, indices cost nothing.</summary>
    public static double Of(Expr e) => Of(e, new(ReferenceEqualityComparer.Instance));

    /// <param name="moving">Only what changes with this axis counts; null: all does.</param>
    private static double Of(Expr e, HashSet<Expr> seen, Axis? moving = null)
    {
        if (moving is not null && !e.Mentions(moving) || !seen.Add(e)) return 0;
        return e switch
        {
            // Shifted and masked, or looked up.
            Load load => (load.Buffer.Scalar.Bits < 8 ? 2 : 0) + (load.At.Any(i => i.Parts().Any(p => p is Load)) ? 2 + load.At.Sum(i => i.Parts().OfType<Load>().Sum(inner => Of(inner, seen, moving))) : 0),
            Reduce reduce => reduce.Axes.Aggregate(1.0, (size, axis) => size * Sizes.Guess(axis.Extent)) * (Of(reduce.Body, new(ReferenceEqualityComparer.Instance)) + 1),
            _ => Own(e) + e.Children.Sum(child => Of(child, seen, moving)),
        };
    }

    private static double Own(Expr e) => e switch
    {
        Binary { Operator: Operator.Divide } => 4,
        Binary or Cast => 1,
        Call { Function: >= Ir.Function.Sqrt and <= Ir.Function.Atanh } => Function,
        Call => 1,
        _ => 0,
    };

    /// <summary>Of loops around stores: so many times what each store takes; what the innermost loop does not change is worked out before it.</summary>
    public static double Of(Stmt stmt) => stmt switch
    {
        Loop { Body: Store { Value: var value } } loop when Of(value, new(ReferenceEqualityComparer.Instance), loop.Axis) is var inside => Sizes.Guess(loop.Axis.Extent) * (inside + 1) + Of(value) - inside,
        Loop loop => Sizes.Guess(loop.Axis.Extent) * Of(loop.Body),
        Store store => Of(store.Value) + 1,
        _ => stmt.Inner.Sum(Of),
    };
}
