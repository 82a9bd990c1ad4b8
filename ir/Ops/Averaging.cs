namespace Lathe.Ir.Ops;

/// <summary>Means and variances over axes, as the normalizations share them.</summary>
internal static class Averaging
{
    /// <summary>How many numbers the extents hold, as a number of a kind.</summary>
    public static Expr Count(Seq<Expr> extents, Scalar kind) => Linear.Simplify(extents.Aggregate((Expr)1, (count, extent) => count * extent)).As(kind);

    public static Expr Mean(Seq<Expr> extents, Func<Seq<Expr>, Expr> read)
    {
        var sum = Expr.Sum(extents, read);
        if (extents is []) return sum;
        var count = Count(extents, sum.Type);
        return sum.Type.IsReal ? sum / count : WholeDivision.Quotient(sum, count);
    }

    /// <summary>The mean square distance from the mean: in two steps, so that nothing cancels.</summary>
    public static Expr Variance(Seq<Expr> extents, Func<Seq<Expr>, Expr> read, Expr mean) => Mean(extents, k => (read(k) - mean) * (read(k) - mean));
}
