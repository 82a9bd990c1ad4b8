namespace Lathe.Ir.Ops;

/// <summary>Puts places in order by comparing what is there: runs of 1, 2, 4… are merged, each place finding its own in the run beside by bisection.</summary>
internal static class Sorting
{
    /// <summary>Levels that are enough for any extent of a tensor.</summary>
    private const int MostLevels = 31;

    /// <summary>Statements that sort, in n·log²n steps, and then something done with the order.</summary>
    /// <param name="name">Of what is sorted: scratch is called after it.</param>
    /// <param name="extent">How many places.</param>
    /// <param name="before">Whether what is at one place must come before what is at another; places of which neither must keep their order.</param>
    /// <param name="then">Given which place comes at a rank.</param>
    public static Stmt By(string name, Expr extent, Func<Expr, Expr, Expr> before, Func<Func<Expr, Expr>, Stmt> then)
    {
        Buffer Places(string what) => new($"{name}.{what}", Scalar.I64, [extent], Space.Arena);
        Buffer One(string what, Scalar kind) => new($"{name}.{what}", kind, [], Space.Registers);
        var (order, merged) = (Places("order"), Places("merged"));
        var (low, high, on) = (One("low", Scalar.I64), One("high", Scalar.I64), One("on", Scalar.Bool));
        var levels = extent is Number { Integer: var known } ? Levels(known) : MostLevels;

        Stmt Merge(Expr level) => Stmts.For("i", extent, i =>
        {
            var width = Binary.Of(Operator.ShiftLeft, 1, level);
            var start = Binary.Of(Operator.ShiftLeft, Binary.Of(Operator.ShiftRight, i, level + 1), level + 1);
            var (place, inFirst) = (order[i], i < start + width);
            var begin = Expr.Min(Expr.Select(inFirst, start + width, start), extent);
            var end = Expr.Select(inFirst, Expr.Min(start + width * 2, extent), start + width);
            var middle = Binary.Of(Operator.ShiftRight, low[[]] + high[[]], 1);
            // Of equals those of the first run come first.
            var bisect = Stmts.When(low[[]] < high[[]], Stmts.Do(
                on.Set([], Expr.Select(inFirst, before(order[middle], place), Expr.Not(before(place, order[middle])))),
                Stmts.When(on[[]], low.Set([], middle + 1)),
                Stmts.When(Expr.Not(on[[]]), high.Set([], middle))));
            return new Scratch(low, new Scratch(high, new Scratch(on, Stmts.Do(low.Set([], begin), high.Set([], end), Stmts.For("s", level + 1, _ => bisect),
                merged.Set([Expr.Select(inFirst, i, i - width) + low[[]] - begin], place)))));
        });
        var sort = Stmts.For("level", levels, level => Stmts.When(Binary.Of(Operator.ShiftLeft, 1, level) < extent, Stmts.Do(
            Merge(level), Stmts.For("i", extent, i => order.Set([i], merged[i])))));
        return new Scratch(order, new Scratch(merged, Stmts.Do(Stmts.For("i", extent, i => order.Set([i], i)), sort, then(rank => order[rank]))));
    }

    /// <summary>How often 1 is doubled to reach a number.</summary>
    private static int Levels(long extent) => extent <= 1 ? 0 : 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)extent - 1);
}
