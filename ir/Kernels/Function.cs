namespace Lathe.Ir;

/// <summary>Arithmetic of two numbers of one kind. On whole numbers <c>/</c> rounds down and <c>%</c> has the sign of the divisor, as index algebra wants; ONNX's truncating forms are functions.</summary>
public enum Operator : byte { Add, Subtract, Multiply, Divide, Modulo, Less, LessOrEqual, Equal, And, Or, Xor, ShiftLeft, ShiftRight }

/// <summary>The functions that formulas call: a closed set that every target emits, expanded into simpler ones where the machine has none.</summary>
public enum Function : byte
{
    /// <summary>select(condition, yes, no); both sides are evaluated.</summary>
    Select,
    /// <summary>The smaller or larger; NaN if either is NaN.</summary>
    Min, Max,
    Abs, Sign,
    /// <summary>Nearest whole number, halves to even (IEEE roundToIntegralTiesToEven).</summary>
    Round,
    Floor, Ceil, Trunc,
    /// <summary>a·b + c rounded once.</summary>
    Fma,
    /// <summary>Division of whole numbers rounded toward zero, and what it leaves (sign of the dividend); the remainder of reals is C's fmod.</summary>
    Quotient, Remainder,
    Sqrt, Exp, Log, Pow, Tanh, Erf,
    Sin, Cos, Tan, Asin, Acos, Atan, Sinh, Cosh, Asinh, Acosh, Atanh,
    IsNan, IsInf,
    /// <summary>Logical not of a bool, bitwise not of a whole number.</summary>
    Not,
    PopCount,
    /// <summary>ahead(x, read) is x. The read comes later: a machine may fetch its bytes meanwhile. It is not done here and may lie outside its buffer.</summary>
    Ahead,
}

/// <summary>What a reduction does with its numbers.</summary>
public enum ReduceKind : byte { Sum, Product, Max, Min }

public static class Functions
{
    /// <summary>The name in the text.</summary>
    public static string Text(this Function function) => function.ToString().ToLowerInvariant();
    public static string Text(this ReduceKind kind) => kind.ToString().ToLowerInvariant();

    public static string Text(this Operator op) => op switch
    {
        Operator.Add => "+",
        Operator.Subtract => "-",
        Operator.Multiply => "*",
        Operator.Divide => "/",
        Operator.Modulo => "%",
        Operator.Less => "<",
        Operator.LessOrEqual => "<=",
        Operator.Equal => "==",
        Operator.And => "&",
        Operator.Or => "|",
        Operator.Xor => "^",
        Operator.ShiftLeft => "<<",
        Operator.ShiftRight => ">>",
        _ => throw new UnreachableException(),
    };

    /// <summary>How tightly an operator binds in the text; all associate to the left.</summary>
    public static int Rank(this Operator op) => op switch
    {
        Operator.Or => 0,
        Operator.Xor => 1,
        Operator.And => 2,
        Operator.Equal or Operator.Less or Operator.LessOrEqual => 3,
        Operator.ShiftLeft or Operator.ShiftRight => 4,
        Operator.Add or Operator.Subtract => 5,
        _ => 6,
    };

    public static bool IsComparison(this Operator op) => op is Operator.Less or Operator.LessOrEqual or Operator.Equal;

    public static int Arity(this Function function) => function switch
    {
        Function.Select or Function.Fma => 3,
        Function.Min or Function.Max or Function.Quotient or Function.Remainder or Function.Pow or Function.Ahead => 2,
        _ => 1,
    };
}
