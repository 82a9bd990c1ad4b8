using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What formulas take beside multiply-adds, counted off their parts: what decoding a weight format costs needs no entry of its own anywhere.</summary>
internal static class Effort
{
    /// <summary>A function such as exp is a polynomial with what it takes to get into its range.</summary>
    private const double Function = 14;

    /// <summary>Machine steps of vectors for a number of each lane; a part that is there twice is worked out once, indices cost nothing.</summary>
    public static double Of(Expr e) => Of(e, new(ReferenceEqualityComparer.Instance));

    private static double Of(Expr e, HashSet<Expr> seen)
    {
        if (!seen.Add(e)) return 0;
        return e switch
        {
            // Shifted and masked, or looked up.
            Load load => (load.Buffer.Scalar.Bits < 8 ? 2 : 0) + (load.At.Any(i => i.Parts().Any(p => p is Load)) ? 2 + load.At.Sum(i => i.Parts().OfType<Load>().Sum(inner => Of(inner, seen))) : 0),
            Reduce reduce => reduce.Axes.Aggregate(1.0, (size, axis) => size * Sizes.Guess(axis.Extent)) * (Of(reduce.Body, new(ReferenceEqualityComparer.Instance)) + 1),
            _ => Own(e) + e.Children.Sum(child => Of(child, seen)),
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

    /// <summary>Of loops around stores: so many times what each store takes.</summary>
    public static double Of(Stmt stmt) => stmt switch
    {
        Loop loop => Sizes.Guess(loop.Axis.Extent) * Of(loop.Body),
        Store store => Of(store.Value) + 1,
        _ => stmt.Inner.Sum(Of),
    };
}
