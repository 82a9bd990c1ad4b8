using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Index expressions worked out for given axes, without making new expressions.</summary>
internal static class IndexNumbers
{
    /// <param name="e">Whole numbers and conditions over axes and symbols.</param>
    /// <param name="axes">The number of an axis.</param>
    /// <param name="symbols">The number of a symbol.</param>
    /// <exception cref="NotSupportedException">It holds more: a read, a real number.</exception>
    public static long Of(Expr e, Func<Axis, long> axes, Func<Symbol, long> symbols)
    {
        return At(e);
        long At(Expr part) => part switch
        {
            Number { IsReal: false } n => n.Integer,
            Axis axis => axes(axis),
            Symbol symbol => symbols(symbol),
            Cast { Operand.Type.IsReal: false, Type.IsReal: false } cast => Number.Wrap(cast.Type, At(cast.Operand)),
            Binary b => Of(b.Operator, At(b.A), At(b.B)),
            Call { Function: Function.Select } c => At(c.Arguments[0]) != 0 ? At(c.Arguments[1]) : At(c.Arguments[2]),
            Call { Function: Function.Min } c => Math.Min(At(c.Arguments[0]), At(c.Arguments[1])),
            Call { Function: Function.Max } c => Math.Max(At(c.Arguments[0]), At(c.Arguments[1])),
            Call { Function: Function.Not, Type: Scalar.Bool } c => 1 - At(c.Arguments[0]),
            _ => throw new NotSupportedException($"{part} is no index"),
        };
    }

    /// <summary>Whether <c>Of</c> can work it out.</summary>
    public static bool Is(Expr e) => e.Type is Scalar.I64 or Scalar.Bool && e.Parts().All(part => part switch
    {
        Number or Axis or Symbol => !part.Type.IsReal,
        Cast { Operand.Type.IsReal: false, Type.IsReal: false } => true,
        Binary { A.Type.IsReal: false, Operator: < Operator.ShiftLeft } => true,
        Call { Function: Function.Select or Function.Min or Function.Max, Type.IsReal: false } or Call { Function: Function.Not, Type: Scalar.Bool } => true,
        _ => false,
    });

    private static long Of(Operator op, long a, long b) => op switch
    {
        Operator.Add => a + b,
        Operator.Subtract => a - b,
        Operator.Multiply => a * b,
        Operator.Divide => b == 0 ? 0 : Floor(a, b),
        Operator.Modulo => b == 0 ? 0 : a - Floor(a, b) * b,
        Operator.Less => a < b ? 1 : 0,
        Operator.LessOrEqual => a <= b ? 1 : 0,
        Operator.Equal => a == b ? 1 : 0,
        Operator.And => a & b,
        Operator.Or => a | b,
        Operator.Xor => a ^ b,
        _ => throw new NotSupportedException($"{op} is no index"),
    };

    private static long Floor(long a, long b) => a / b - (a % b != 0 && a < 0 != b < 0 ? 1 : 0);
}
