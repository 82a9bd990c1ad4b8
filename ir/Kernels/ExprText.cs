namespace Lathe.Ir;

/// <summary>Writes formulas as text, for messages and the printer.</summary>
public static class ExprText
{
    public static string Show(Expr e) => Show(e, axis => axis.Name);

    /// <param name="e">The formula.</param>
    /// <param name="name">What an axis is called here.</param>
    /// <param name="known">What to write in place of a part, for parts that a <c>let</c> has named; null writes the part out.</param>
    public static string Show(Expr e, Func<Axis, string> name, Func<Expr, string?>? known = null)
    {
        return Write(e, root: true);
        string Write(Expr part, bool root = false) => !root && known?.Invoke(part) is { } named ? named : part switch
        {
            Number n => Literal(n),
            Axis axis => name(axis),
            Symbol s => Quoted(s.Name),
            Binary b => $"{Paren(b.A, Rank(b))} {b.Operator.Text()} {Paren(b.B, Rank(b) + 1)}",
            Call c => $"{c.Function.Text()}({string.Join(", ", c.Arguments.Select(a => Write(a)))})",
            Cast c => $"{c.Type.Text}({Write(c.Operand)})",
            Bitcast c => $"bits.{c.Type.Text}({Write(c.Operand)})",
            Load l => $"%{Quoted(l.Buffer.Name)}[{string.Join(", ", l.At.Select(a => Write(a)))}{(l.Outside is { } o ? $" else {Write(o)}" : "")}]",
            Reduce r => $"{r.Kind.Text()} {string.Join(", ", r.Axes.Select(a => $"{name(a)} in {Write(a.Extent)}"))} {{ {Write(r.Body)} }}",
            Dot d => $"dot {name(d.Lane)} in {Write(d.Lane.Extent)} {{ {Write(d.A)}, {Write(d.B)}, {Write(d.C)} }}",
            _ => throw new UnreachableException(),
        };
        string Paren(Expr part, int rank) => known?.Invoke(part) is { } named ? named : Rank(part) < rank ? $"({Write(part)})" : Write(part);
    }

    /// <summary>How tightly a node binds; all operators associate to the left.</summary>
    private static int Rank(Expr e) => e is Binary b ? b.Operator switch
    {
        Operator.Or => 0,
        Operator.Xor => 1,
        Operator.And => 2,
        Operator.Equal or Operator.Less or Operator.LessOrEqual => 3,
        Operator.ShiftLeft or Operator.ShiftRight => 4,
        Operator.Add or Operator.Subtract => 5,
        _ => 6,
    } : e is Number { IsReal: false, Integer: < 0 } or Number { IsReal: true, Real: < 0 } ? 6 : 7;

    /// <summary>Whole numbers stand bare as i64, reals with a point or exponent as f32; any other kind is named: <c>1:i32</c>, <c>0.5:f64</c>.</summary>
    public static string Literal(Number n)
    {
        if (n.Type == Scalar.Bool) return n.Integer != 0 ? "true" : "false";
        if (!n.IsReal)
        {
            var whole = n.Type == Scalar.U64 ? ((ulong)n.Integer).ToString(CultureInfo.InvariantCulture) : n.Integer.ToString(CultureInfo.InvariantCulture);
            return n.Type == Scalar.I64 ? whole : $"{whole}:{n.Type.Text}";
        }
        var text = double.IsNaN(n.Real) ? "nan" : double.IsPositiveInfinity(n.Real) ? "inf" : double.IsNegativeInfinity(n.Real) ? "-inf"
            : n.Type == Scalar.F32 ? ((float)n.Real).ToString("R", CultureInfo.InvariantCulture) : n.Real.ToString("R", CultureInfo.InvariantCulture);
        if (text.All(c => char.IsAsciiDigit(c) || c == '-')) text += ".0";
        return n.Type == Scalar.F32 ? text : $"{text}:{n.Type.Text}";
    }

    /// <summary>A name as it is, or in quotes where it holds anything but letters, digits, <c>_</c>, <c>.</c> and <c>:</c>, <c>/</c> inside.</summary>
    public static string Quoted(string name)
    {
        var plain = name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '_') && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or ':');
        return plain ? name : $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
    }
}
