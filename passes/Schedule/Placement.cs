using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>Formulas and counts as templates place them.</summary>
internal static class Placement
{
    /// <summary>A formula with expressions in place of axes, the indices of its reads in their normal form: what decides between vector loads and gathers.</summary>
    public static Expr Placed(this Expr e, params IEnumerable<(Axis, Expr)> at) => e.Substitute(at).Replace(part =>
        part is Load load ? Load.Of(load.Buffer, [.. load.At.Select(Linear.Simplify)], load.Outside) : null);

    /// <summary>Indices with expressions in place of axes, in their normal form.</summary>
    public static Seq<Expr> Placed(this Seq<Expr> indices, IEnumerable<(Axis, Expr)> at) => [.. indices.Select(i => Linear.Simplify(i.Substitute(at)))];

    /// <summary>a / b rounded up.</summary>
    public static long Up(long a, long b) => (a + b - 1) / b;

    /// <summary>Stores a number, or zero where the step does not exist.</summary>
    public static Stmt SetExisting(Buffer buffer, Seq<Expr> at, Expr exists, Expr value) => exists is Number
        ? buffer.Set(at, value)
        : Do(When(exists, buffer.Set(at, value)), When(Expr.Not(exists), buffer.Set(at, 0)));
}
