namespace Lathe.Ir.Ops;

/// <summary>The p-norm of some numbers.</summary>
internal static class Norm
{
    /// <summary>The p-th root of the sum of |x| to the power p.</summary>
    public static Expr Of(long p, Seq<Expr> extents, Func<Seq<Expr>, Expr> read) => p switch
    {
        1 => Expr.Sum(extents, k => Expr.Abs(read(k))),
        2 => Expr.Sqrt(Expr.Sum(extents, k => read(k) * read(k))),
        _ => Expr.Pow(Expr.Sum(extents, k => Expr.Pow(Expr.Abs(read(k)), (double)p)), 1.0 / p),
    };
}
