using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Dimensions may be such that the bytes of a run have no number in 64 bits: then there is no run.</summary>
internal static class SizeGuard
{
    /// <summary>More than any machine addresses (x86-64 and AArch64 have 2^56 bytes at most), and far from where 64 bits end.</summary>
    private const long Most = 1L << 56;

    /// <summary>What must hold of the dimensions; null where no dimensions that are allowed come near.</summary>
    /// <param name="sizes">Bytes of the arena, and of what is handed over.</param>
    public static Guarded? Of(IEnumerable<Expr> sizes)
    {
        var large = sizes.Where(bytes => Linear.Range(bytes).High > Most).Distinct().ToList();
        return large.Count == 0 ? null : new(large.Select(bytes => Real(bytes) <= Number.Of(Scalar.F64, (double)Most)).Aggregate((all, next) => all & next), "tensors of these dimensions have more bytes than there are addresses");
    }

    /// <summary>A size in f64, which no product of dimensions exceeds.</summary>
    private static Expr Real(Expr size) => size switch
    {
        Number n => Number.Of(Scalar.F64, (double)n.Integer),
        Binary { Operator: Operator.Add } b => Real(b.A) + Real(b.B),
        Binary { Operator: Operator.Subtract } b => Real(b.A) - Real(b.B),
        Binary { Operator: Operator.Multiply } b => Real(b.A) * Real(b.B),
        // Rounded down or not: nobody counts bytes at the bound.
        Binary { Operator: Operator.Divide, B: Number { Integer: > 0 } by } b => Real(b.A) / Real(by),
        Call { Function: Function.Max } c => Expr.Max(Real(c.Arguments[0]), Real(c.Arguments[1])),
        Call { Function: Function.Min } c => Expr.Min(Real(c.Arguments[0]), Real(c.Arguments[1])),
        _ => size.As(Scalar.F64),
    };
}
