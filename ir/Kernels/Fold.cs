namespace Lathe.Ir;

/// <summary>What a node with known parts comes to. Only identities that hold for every number, NaN, infinities and -0 included.</summary>
internal static class Fold
{
    public static Expr? Binary(Operator op, Expr a, Expr b)
    {
        if (a is Number x && b is Number y) return a.Type.IsReal ? Reals(op, x, y) : a.Type == Scalar.U64 ? null : Integers(op, x, y);
        if (a.Type.IsReal) return (op, b) switch
        {
            (Operator.Multiply or Operator.Divide, Number { Real: 1 }) => a,
            (Operator.Multiply, _) when a is Number { Real: 1 } => b,
            _ => null,
        };
        return (op, a, b) switch
        {
            (Operator.Add or Operator.Or or Operator.Xor, Number { Integer: 0 }, _) => b,
            (Operator.Add or Operator.Subtract or Operator.Or or Operator.Xor or Operator.ShiftLeft or Operator.ShiftRight, _, Number { Integer: 0 }) => a,
            (Operator.Multiply, Number { Integer: 1 }, _) => b,
            (Operator.Multiply or Operator.Divide, _, Number { Integer: 1 }) => a,
            (Operator.Multiply or Operator.And, _, Number { Integer: 0 }) => b,
            (Operator.Multiply or Operator.And, Number { Integer: 0 }, _) => a,
            (Operator.Modulo, _, Number { Integer: 1 }) => Number.Of(a.Type, 0),
            (Operator.And, _, Number { Integer: 1 }) when a.Type == Scalar.Bool => a,
            (Operator.And, Number { Integer: 1 }, _) when a.Type == Scalar.Bool => b,
            (Operator.Or, _, Number { Integer: 1 }) when a.Type == Scalar.Bool => b,
            (Operator.Or, Number { Integer: 1 }, _) when a.Type == Scalar.Bool => a,
            (Operator.And or Operator.Or, _, _) when a == b => a,
            (Operator.Equal or Operator.LessOrEqual, _, _) when a == b => true,
            (Operator.Less, _, _) when a == b => false,
            _ => null,
        };
    }

    public static Expr? Call(Function function, Expr[] x)
    {
        if (function == Function.Select) return x[0] is Number c ? c.Integer != 0 ? x[1] : x[2] : x[1] == x[2] ? x[1] : null;
        if (function == Function.Not && x[0] is Number { Type: Scalar.Bool } b) return b.Integer == 0;
        if (function is Function.Min or Function.Max && x[0] == x[1]) return x[0];
        if (!x.All(e => e is Number) || x[0].Type == Scalar.U64) return null;
        if (x[0].Type.IsReal) return Reals(function, [.. x.Cast<Number>()]);
        var (type, v) = (x[0].Type, x.Select(e => ((Number)e).Integer).ToArray());
        return function switch
        {
            Function.Min => Number.Of(type, Math.Min(v[0], v[1])),
            Function.Max => Number.Of(type, Math.Max(v[0], v[1])),
            Function.Abs => Number.Of(type, v[0] < 0 ? unchecked(-v[0]) : v[0]),
            Function.Quotient when v[1] != 0 && !(v[0] == long.MinValue && v[1] == -1) => Number.Of(type, v[0] / v[1]),
            Function.Remainder when v[1] != 0 && v[1] != -1 => Number.Of(type, v[0] % v[1]),
            _ => null,
        };
    }

    /// <summary>Functions whose result every machine agrees on to the last bit.</summary>
    private static Expr? Reals(Function function, Number[] x)
    {
        var (type, a) = (x[0].Type, x[0].Real);
        return function switch
        {
            Function.Min => Number.Of(type, Math.Min(a, x[1].Real)),
            Function.Max => Number.Of(type, Math.Max(a, x[1].Real)),
            Function.Abs => Number.Of(type, Math.Abs(a)),
            Function.Round => Number.Of(type, Math.Round(a, MidpointRounding.ToEven)),
            Function.Floor => Number.Of(type, Math.Floor(a)),
            Function.Ceil => Number.Of(type, Math.Ceiling(a)),
            Function.Trunc => Number.Of(type, Math.Truncate(a)),
            Function.Sqrt => Number.Of(type, Math.Sqrt(a)),
            Function.IsNan => double.IsNaN(a),
            Function.IsInf => double.IsInfinity(a),
            _ => null,
        };
    }

    /// <summary>A real number as a whole one: toward zero, saturated, NaN as 0.</summary>
    public static Expr Whole(Scalar to, double x)
    {
        var (low, high) = to.Range;
        return double.IsNaN(x) ? Number.Of(to, 0) : x >= high ? Number.Of(to, high) : x <= low ? Number.Of(to, low) : Number.Of(to, (long)x);
    }

    private static Expr? Reals(Operator op, Number a, Number b)
    {
        double Rounded(double exact, float single) => a.Type == Scalar.F32 ? single : exact;
        var (x, y, f, g) = (a.Real, b.Real, (float)a.Real, (float)b.Real);
        return op switch
        {
            Operator.Add => Number.Of(a.Type, Rounded(x + y, f + g)),
            Operator.Subtract => Number.Of(a.Type, Rounded(x - y, f - g)),
            Operator.Multiply => Number.Of(a.Type, Rounded(x * y, f * g)),
            Operator.Divide => Number.Of(a.Type, Rounded(x / y, f / g)),
            Operator.Less => x < y,
            Operator.LessOrEqual => x <= y,
            Operator.Equal => x == y,
            _ => null,
        };
    }

    private static Expr? Integers(Operator op, Number a, Number b)
    {
        var (x, y) = (a.Integer, b.Integer);
        return op switch
        {
            Operator.Add => Number.Of(a.Type, unchecked(x + y)),
            Operator.Subtract => Number.Of(a.Type, unchecked(x - y)),
            Operator.Multiply => Number.Of(a.Type, unchecked(x * y)),
            Operator.Divide or Operator.Modulo when y == 0 => Number.Of(a.Type, 0), // as everywhere: there is no number, and no trap
            Operator.Divide => y == -1 ? null : Number.Of(a.Type, Linear.FloorDivide(x, y)),
            Operator.Modulo => y == -1 ? null : Number.Of(a.Type, x - Linear.FloorDivide(x, y) * y),
            Operator.Less => x < y,
            Operator.LessOrEqual => x <= y,
            Operator.Equal => x == y,
            Operator.And => Number.Of(a.Type, x & y),
            Operator.Or => Number.Of(a.Type, x | y),
            Operator.Xor => Number.Of(a.Type, x ^ y),
            Operator.ShiftLeft => y is < 0 or > 63 ? null : Number.Of(a.Type, x << (int)y),
            Operator.ShiftRight => y is < 0 or > 63 ? null : Number.Of(a.Type, x >> (int)y),
            _ => null,
        };
    }
}
