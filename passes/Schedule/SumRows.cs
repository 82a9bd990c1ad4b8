using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>
/// Sums of very many numbers as sums of rows: rounding grows with the longest row of additions to one partial sum, so rows end, and their sums are added
/// to those of the rows before.
/// </summary>
/// <remarks>Higham, Accuracy and Stability of Numerical Algorithms (2002), 4.2: blocked summation.</remarks>
internal static class SumRows
{
    /// <summary>Most additions in a row.</summary>
    private const long Longest = 256;

    /// <summary>Whether a reduction adds up numbers that round, in loops of these extents, that are too many for one row.</summary>
    public static bool Asked(Reduce reduce, params IEnumerable<Expr> extents) => reduce.Kind == ReduceKind.Sum && reduce.Type.IsReal && IsLong([.. extents]);

    /// <summary>A loop in rows.</summary>
    /// <param name="name">Of the loop.</param>
    /// <param name="extent">Its iterations.</param>
    /// <param name="body">One of them.</param>
    /// <param name="puts">What adds the sum of a row to those before, and starts the next; then what does so with rows of rows, for as many levels as there are.</param>
    public static Stmt Loop(string name, Expr extent, Func<Expr, Stmt> body, params Seq<Stmt> puts) => puts.Count == 0 || !IsLong(extent) ? Do([For(name, extent, body), .. puts])
        : Loop("b", Rows(extent), b => Do(For(name, Linear.Simplify(Expr.Min(Linear.Simplify(extent - b * Longest), Longest)), i => body(Linear.Simplify(b * Longest + i))), puts[0]), [.. puts.Skip(1)]);

    /// <summary>Rows that a loop has.</summary>
    public static Expr Rows(Expr extent) => Linear.Simplify((extent + (Longest - 1)) / Longest);

    /// <summary>Whether loops of these extents are more rounds than a row should have, or nobody knows.</summary>
    public static bool IsLong(params Seq<Expr> extents) => extents.Aggregate(1.0, (rounds, extent) => rounds * (extent is Number n ? n.Integer : Math.Min(Linear.Range(extent).High, 1 << 20))) > Longest;
}
