using System.Linq.Expressions;

namespace Lathe.Ir;

/// <summary>Arithmetic of formulas as expressions of .NET, in the types that hold each kind of number. Knows nodes of formulas one at a time.</summary>
/// <remarks>Floats narrower than f32 are held as their codes: formulas only load, convert, choose and store them. Numbers of less than a byte are held in bytes.</remarks>
internal static class Formulas
{
    /// <summary>The type that holds a kind of number.</summary>
    public static Type Held(Scalar kind) => kind switch
    {
        Scalar.Bool => typeof(bool),
        Scalar.I2 or Scalar.I4 or Scalar.I8 => typeof(sbyte),
        Scalar.I16 => typeof(short),
        Scalar.U16 or Scalar.F16 or Scalar.BF16 => typeof(ushort),
        Scalar.I32 => typeof(int),
        Scalar.U32 => typeof(uint),
        Scalar.I64 => typeof(long),
        Scalar.U64 => typeof(ulong),
        Scalar.F32 => typeof(float),
        Scalar.F64 => typeof(double),
        _ when kind.Bits is > 0 and <= 8 => typeof(byte),
        _ => throw new NotSupportedException($"formulas do not compute with {kind.Text}"),
    };

    public static Expression Literal(Number n) => n.Type switch
    {
        Scalar.Bool => Expression.Constant(n.Integer != 0),
        Scalar.F32 => Expression.Constant((float)n.Real),
        Scalar.F64 => Expression.Constant(n.Real),
        Scalar.U64 => Expression.Constant((ulong)n.Integer),
        _ => Expression.Constant(System.Convert.ChangeType(n.Integer, Held(n.Type), CultureInfo.InvariantCulture)),
    };

    public static Expression Binary(Operator op, Scalar kind, Expression a, Expression b) => op switch
    {
        Operator.Equal => Expression.Equal(a, b),
        Operator.Less or Operator.LessOrEqual when kind == Scalar.Bool => Binary(op, Scalar.U8, Cast(Scalar.Bool, Scalar.U8, a), Cast(Scalar.Bool, Scalar.U8, b)),
        Operator.Less => Expression.LessThan(a, b),
        Operator.LessOrEqual => Expression.LessThanOrEqual(a, b),
        Operator.And => Expression.And(a, b),
        Operator.Or => Expression.Or(a, b),
        Operator.Xor => Expression.ExclusiveOr(a, b),
        Operator.Add => Plain(Expression.Add, kind, a, b),
        Operator.Subtract => Plain(Expression.Subtract, kind, a, b),
        Operator.Multiply => Plain(Expression.Multiply, kind, a, b),
        Operator.Divide => kind.IsReal ? Plain(Expression.Divide, kind, a, b) : Whole(nameof(Arithmetic.FloorDivide), kind, a, b),
        Operator.Modulo => kind.IsReal ? InDouble(Arithmetic.RealModulo, kind, a, b) : Whole(nameof(Arithmetic.FloorModulo), kind, a, b),
        Operator.ShiftLeft => Whole(nameof(Arithmetic.ShiftLeft), kind, a, Cast(kind, Scalar.I64, b), Expression.Constant(kind.Bits)),
        Operator.ShiftRight => Whole(nameof(Arithmetic.ShiftRight), kind, a, Cast(kind, Scalar.I64, b), Expression.Constant(kind.Bits)),
        _ => throw new UnreachableException(),
    };

    public static Expression Call(Function function, Scalar kind, params Expression[] x) => function switch
    {
        Function.Select => Expression.Condition(x[0], x[1], x[2]),
        Function.Min when kind == Scalar.Bool => Expression.And(x[0], x[1]),
        Function.Max when kind == Scalar.Bool => Expression.Or(x[0], x[1]),
        Function.Min => Generic(nameof(Arithmetic.Min), kind, x),
        Function.Max => Generic(nameof(Arithmetic.Max), kind, x),
        Function.Abs => kind.IsReal ? Generic(nameof(Arithmetic.RealAbs), kind, x) : Whole(nameof(Arithmetic.Abs), kind, x),
        Function.Sign => Generic(nameof(Arithmetic.Sign), kind, x),
        Function.Fma => kind.IsReal ? Generic(nameof(Arithmetic.RealFma), kind, x) : Whole(nameof(Arithmetic.Fma), kind, x),
        Function.Round or Function.Floor or Function.Ceil or Function.Trunc when !kind.IsReal => x[0],
        Function.Quotient => kind.IsReal ? InDouble(Arithmetic.RealQuotient, kind, x) : Whole(nameof(Arithmetic.Quotient), kind, x),
        Function.Remainder => kind.IsReal ? InDouble(Arithmetic.RealRemainder, kind, x) : Whole(nameof(Arithmetic.Remainder), kind, x),
        Function.Pow => kind.IsReal ? InDouble(Math.Pow, kind, x) : Whole(nameof(Arithmetic.Power), kind, x),
        Function.IsNan => Invoke(double.IsNaN, Real(kind, x[0])),
        Function.IsInf => Invoke(double.IsInfinity, Real(kind, x[0])),
        Function.Not => Wrap(kind, Expression.Not(x[0])),
        Function.PopCount => Generic(nameof(Arithmetic.PopCount), kind, kind.Bits < 8 ? Expression.And(x[0], Expression.Convert(Expression.Constant((1 << kind.Bits) - 1), Held(kind))) : x[0]),
        _ => InDouble(OfReals[function], kind, x),
    };

    /// <summary>Functions of one real number.</summary>
    private static readonly Dictionary<Function, Func<double, double>> OfReals = new()
    {
        [Function.Round] = Arithmetic.RoundEven,
        [Function.Floor] = Math.Floor,
        [Function.Ceil] = Math.Ceiling,
        [Function.Trunc] = Math.Truncate,
        [Function.Sqrt] = Math.Sqrt,
        [Function.Exp] = Math.Exp,
        [Function.Log] = Math.Log,
        [Function.Erf] = Arithmetic.Erf,
        [Function.Sin] = Math.Sin,
        [Function.Cos] = Math.Cos,
        [Function.Tan] = Math.Tan,
        [Function.Asin] = Math.Asin,
        [Function.Acos] = Math.Acos,
        [Function.Atan] = Math.Atan,
        [Function.Sinh] = Math.Sinh,
        [Function.Cosh] = Math.Cosh,
        [Function.Tanh] = Math.Tanh,
        [Function.Asinh] = Math.Asinh,
        [Function.Acosh] = Math.Acosh,
        [Function.Atanh] = Math.Atanh,
    };

    /// <summary>The same number in another kind.</summary>
    public static Expression Cast(Scalar from, Scalar to, Expression x)
    {
        if (from == to) return x;
        if (IsSmall(from)) return Cast(Scalar.F32, to, Invoke(Arithmetic.Decode, Expression.Convert(x, typeof(int)), Expression.Constant((int)from)));
        if (IsSmall(to)) return to.Bits == 16 ? Invoke(Arithmetic.EncodeShort, Real(from, x), Expression.Constant((int)to)) : Invoke(Arithmetic.EncodeByte, Real(from, x), Expression.Constant((int)to));
        if (from == Scalar.Bool) return Expression.Condition(x, Expression.Convert(Expression.Constant(1), Held(to)), Expression.Convert(Expression.Constant(0), Held(to)));
        if (to == Scalar.Bool) return Expression.NotEqual(x, Expression.Default(x.Type));
        if (from.IsReal && !to.IsReal)
        {
            var high = to == Scalar.U64 ? ulong.MaxValue : (double)to.Range.High;
            return Generic(nameof(Arithmetic.Saturate), to, Real(from, x), Expression.Constant((double)to.Range.Low), Expression.Constant(high));
        }
        if (to == Scalar.F32 && from is Scalar.I64 or Scalar.U64) return from == Scalar.I64 ? Invoke((Func<long, float>)Arithmetic.SingleOf, x) : Invoke((Func<ulong, float>)Arithmetic.SingleOf, x);
        if (to == Scalar.F64 && from == Scalar.U64) return Invoke(Arithmetic.DoubleOf, x);
        return Wrap(to, Expression.Convert(x, Held(to)));
    }

    /// <summary>The same bits in another kind of equal width.</summary>
    public static Expression Bits(Scalar from, Scalar to, Expression x) => (from, to) switch
    {
        (Scalar.F32, _) => Bits(Scalar.I32, to, Invoke(BitConverter.SingleToInt32Bits, x)),
        (_, Scalar.F32) => Invoke(BitConverter.Int32BitsToSingle, Expression.Convert(x, typeof(int))),
        (Scalar.F64, _) => Bits(Scalar.I64, to, Invoke(BitConverter.DoubleToInt64Bits, x)),
        (_, Scalar.F64) => Invoke(BitConverter.Int64BitsToDouble, Expression.Convert(x, typeof(long))),
        (Scalar.Bool, _) or (_, Scalar.Bool) => Cast(from, to, x),
        _ => Wrap(to, Expression.Convert(x, Held(to))),
    };

    /// <summary>Whether codes stand for the numbers.</summary>
    private static bool IsSmall(Scalar kind) => kind.IsReal && kind < Scalar.F32;

    /// <summary>Arithmetic that .NET has for the wider types; narrower whole numbers go through 32 bits, which wraps alike.</summary>
    private static Expression Plain(Func<Expression, Expression, Expression> op, Scalar kind, Expression a, Expression b)
    {
        if (IsSmall(kind) || kind == Scalar.Bool) throw new NotSupportedException($"formulas do not compute in {kind.Text}");
        if (kind.Bits >= 32) return op(a, b);
        return Wrap(kind, Expression.Convert(op(Expression.Convert(a, typeof(int)), Expression.Convert(b, typeof(int))), Held(kind)));
    }

    private static Expression Whole(string method, Scalar kind, params Expression[] x) => Wrap(kind, Generic(method, kind, x));

    private static Expression Generic(string method, Scalar kind, params Expression[] x) => IsSmall(kind)
        ? throw new NotSupportedException($"formulas do not compute in {kind.Text}")
        : Expression.Call(typeof(Arithmetic).GetMethod(method)!.MakeGenericMethod(Held(kind)), x);

    /// <summary>A function of f64; on f32 its result is rounded once.</summary>
    private static Expression InDouble(Delegate function, Scalar kind, params Expression[] x) => Cast(Scalar.F64, kind, Invoke(function, [.. x.Select(each => Real(kind, each))]));

    private static Expression Invoke(Delegate method, params Expression[] x) => Expression.Call(method.Method, x);

    private static Expression Real(Scalar kind, Expression x) => Cast(kind, Scalar.F64, x);

    /// <summary>The low bits of a byte that holds fewer.</summary>
    private static Expression Wrap(Scalar kind, Expression x) => kind.Bits >= 8 || kind.IsReal ? x
        : kind.IsSigned ? Invoke(Arithmetic.WrapSigned, x, Expression.Constant(kind.Bits)) : Invoke(Arithmetic.WrapUnsigned, x, Expression.Constant(kind.Bits));
}
