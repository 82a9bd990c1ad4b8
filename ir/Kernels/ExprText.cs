using System.Runtime.CompilerServices;

namespace Lathe.Ir;

/// <summary>Writes formulas as text, for messages and the printer.</summary>
public static class ExprText
{
    public static string Show(Expr e) => Show(e, axis => axis.Name);

    /// <param name="e">The formula.</param>
    /// <param name="name">What an axis is called here.</param>
    /// <param name="known">What to write in place of a part, for parts that a <c>let</c> has named; null writes the part out.</param>
    /// <param name="lets">Parts that a <c>let</c> names inside the braces of a reduction, in the order of their definition.</param>
    /// <param name="definition">Whether the formula itself is written out even where it has a name.</param>
    public static string Show(Expr e, Func<Axis, string> name, Func<Expr, string?>? known = null, Func<Expr, IEnumerable<Expr>>? lets = null, bool definition = false)
    {
        return Write(e, definition);
        string Write(Expr part, bool root = false)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            return !root && known?.Invoke(part) is { } named ? named : part switch
            {
                Number n => Literal(n),
                Axis axis => name(axis),
                Symbol s => NameText.Bare(s.Name),
                Binary b => $"{Paren(b.A, Rank(b))} {b.Operator.Text()} {Paren(b.B, Rank(b) + 1)}",
                Call c => $"{c.Function.Text()}({string.Join(", ", c.Arguments.Select(a => Write(a)))})",
                Cast c => $"{c.Type.Text}({Write(c.Operand)})",
                Bitcast c => $"bits.{c.Type.Text}({Write(c.Operand)})",
                Load l => $"%{NameText.Sigiled(l.Buffer.Name)}[{string.Join(", ", l.At.Select(a => Write(a)))}{(l.Outside is { } o ? $" else {Write(o)}" : "")}]",
                Reduce r => $"{r.Kind.Text()} {string.Join(", ", r.Axes.Select(Bound))} {{ {Lets(r)}{Write(r.Body)} }}",
                Dot d => $"dot {Bound(d.Lane)} {{ {Lets(d)}{Write(d.A)}, {Write(d.B)}, {Write(d.C)} }}",
                _ => throw new UnreachableException(),
            };
        }
        string Bound(Axis axis) => $"{name(axis)} in {Show(axis.Extent, name)}";
        string Lets(Expr binder) => lets is null ? "" : string.Concat(lets(binder).Select(part => $"let {known!(part)} = {Write(part, root: true)}; "));
        string Paren(Expr part, int rank) => known?.Invoke(part) is { } named ? named : Rank(part) < rank ? $"({Write(part)})" : Write(part);
    }

    /// <summary>How tightly a node binds; all operators associate to the left.</summary>
    private static int Rank(Expr e) => e is Binary b ? b.Operator.Rank() : e is Number { IsReal: false, Integer: < 0 } or Number { IsReal: true, Real: < 0 } ? Operator.Multiply.Rank() : Operator.Multiply.Rank() + 1;

    /// <summary>Whole numbers stand bare as i64, reals with a point or exponent as f32; any other kind is named: <c>1:i32</c>, <c>0.5:f64</c>.</summary>
    public static string Literal(Number n)
    {
        if (n.Type == Scalar.Bool) return n.Integer != 0 ? "true" : "false";
        var text = n.IsReal ? RecordText.Real(n.Real, n.Type == Scalar.F32)
            : n.Type == Scalar.U64 ? ((ulong)n.Integer).ToString(CultureInfo.InvariantCulture) : n.Integer.ToString(CultureInfo.InvariantCulture);
        return n.Type is Scalar.I64 or Scalar.F32 ? text : $"{text}:{n.Type.Text}";
    }
}
