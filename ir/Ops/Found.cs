namespace Lathe.Ir.Ops;

/// <summary>Results that are found one after another, as the operators whose results depend on the data share it: a buffer with room for all, and how many there are.</summary>
internal static class Found
{
    /// <summary>Counts what is found, from a result full of zeros on.</summary>
    /// <param name="results">What is found goes to all but the last, which takes the count.</param>
    /// <param name="search">Steps, given the number found so far and the step that counts one more.</param>
    public static Stmt Counted(Seq<Buffer> results, Func<Expr, Stmt, Stmt> search)
    {
        var found = new Buffer($"{results[0].Name}.found", Scalar.I64, [], Space.Registers);
        return Stmts.Do(
            Stmts.Do(results.SkipLast(1).Select(Zeros)),
            new Scratch(found, Stmts.Do(found.Set([], 0), search(found[[]], found.Set([], found[[]] + 1)), results[^1].Set([0], found[[]]))));
    }

    /// <summary>Fills a buffer with zeros.</summary>
    public static Stmt Zeros(Buffer buffer) => Scattering.Over(buffer.Shape, at => buffer.Set(at, Number.Of(buffer.Scalar.Arithmetic, 0L).As(buffer.Scalar)));
}
