using System.Diagnostics;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

internal sealed partial class BodyPrinter
{
    /// <summary>Functions that .NET has for f64 alone; f32 is formulas by now.</summary>
    private static readonly Dictionary<Function, string> OfDouble = new()
    {
        [Ir.Function.Exp] = "Exp",
        [Ir.Function.Log] = "Log",
        [Ir.Function.Pow] = "Pow",
        [Ir.Function.Tanh] = "Tanh",
        [Ir.Function.Sin] = "Sin",
        [Ir.Function.Cos] = "Cos",
        [Ir.Function.Tan] = "Tan",
        [Ir.Function.Asin] = "Asin",
        [Ir.Function.Acos] = "Acos",
        [Ir.Function.Atan] = "Atan",
        [Ir.Function.Sinh] = "Sinh",
        [Ir.Function.Cosh] = "Cosh",
    };

    private static string Operation(Binary b, string x, string y)
    {
        var kind = b.A.Type;
        if (kind == Scalar.Bool && b.Operator is Operator.Less or Operator.LessOrEqual) return b.Operator == Operator.Less ? $"(!{x} & {y})" : $"(!{x} | {y})";
        // Where nothing is negative C#'s division is the one that rounds down.
        if (b.Operator is Operator.Divide or Operator.Modulo && kind == Scalar.I64 && b.B is Number { Integer: > 0 } && Linear.Range(b.A).Low >= 0)
            return b.Operator == Operator.Divide ? $"({x} / {y})" : $"({x} % {y})";
        return Arithmetic(b.Operator, kind, x, y);
    }

    private static string Arithmetic(Operator op, Scalar kind, string x, string y)
    {
        string Plain(string sign) => $"({x} {sign} {y})";
        return op switch
        {
            Operator.Add => Cut(kind, Plain("+")),
            Operator.Subtract => Cut(kind, Plain("-")),
            Operator.Multiply => Cut(kind, Plain("*")),
            Operator.Divide => kind.IsReal ? Plain("/") : Whole("FloorDivide", kind, x, y),
            Operator.Modulo => kind.IsReal ? $"Num.FloorModulo({x}, {y})" : Whole("FloorModulo", kind, x, y),
            Operator.Less => Plain("<"),
            Operator.LessOrEqual => Plain("<="),
            Operator.Equal => Plain("=="),
            Operator.And => Cut(kind, Plain("&")),
            Operator.Or => Cut(kind, Plain("|")),
            Operator.Xor => Cut(kind, Plain("^")),
            Operator.ShiftLeft => Cut(kind, $"Num.ShiftLeft({Wide(kind, x)}, (long){Atom(y)}, {Digits(kind.Bits)})"),
            Operator.ShiftRight => Cut(kind, $"Num.ShiftRight({Wide(kind, x)}, (long){Atom(y)}, {Digits(kind.Bits)})"),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>A function of whole numbers in 32 or 64 bits, cut to the kind.</summary>
    private static string Whole(string function, Scalar kind, params string[] x) => Cut(kind, $"Num.{function}({string.Join(", ", x.Select(each => Wide(kind, each)))})");

    /// <summary>A number of less than 32 bits as an int, the kind that C# reckons it in.</summary>
    private static string Wide(Scalar kind, string x) => CSharpTypes.IsShort(kind) ? $"(int){Atom(x)}" : x;

    /// <summary>What C# worked out in 32 bits, in the bits of the kind.</summary>
    private static string Cut(Scalar kind, string x) => kind switch
    {
        Scalar.I2 or Scalar.I4 => $"((sbyte)((int){Atom(x)} << {Digits(32 - kind.Bits)} >> {Digits(32 - kind.Bits)}))",
        Scalar.U1 or Scalar.U2 or Scalar.U4 => $"((byte)((int){Atom(x)} & {Digits((1 << kind.Bits) - 1)}))",
        _ => CSharpTypes.IsShort(kind) ? $"(({CSharpTypes.Of(kind)}){Atom(x)})" : x,
    };

    private static string Extreme(bool max, Scalar kind, string x, string y) =>
        kind == Scalar.Bool ? $"({x} {(max ? "|" : "&")} {y})" : kind.IsReal ? $"Num.{(max ? "Max" : "Min")}({x}, {y})" : Whole(max ? "Max" : "Min", kind, x, y);

    private static string Function(Call c, string[] x)
    {
        var (kind, real) = (c.Arguments[0].Type, c.Arguments[0].Type.IsReal);
        switch (c.Function)
        {
            case Ir.Function.Min: return Extreme(false, kind, x[0], x[1]);
            case Ir.Function.Max: return Extreme(true, kind, x[0], x[1]);
            case Ir.Function.Abs: return real ? $"XMath.Abs({x[0]})" : kind.IsSigned ? Whole("Abs", kind, x) : x[0];
            case Ir.Function.Sign: return real ? $"Num.Sign({x[0]})" : Whole("Sign", kind, x);
            case Ir.Function.Round or Ir.Function.Floor or Ir.Function.Ceil or Ir.Function.Trunc when !real: return x[0];
            case Ir.Function.Round: return $"XMath.RoundToEven({x[0]})";
            case Ir.Function.Floor: return $"XMath.Floor({x[0]})";
            case Ir.Function.Ceil: return $"XMath.Ceiling({x[0]})";
            case Ir.Function.Trunc: return $"XMath.Truncate({x[0]})";
            case Ir.Function.Fma: return Arithmetic(Operator.Add, kind, Arithmetic(Operator.Multiply, kind, x[0], x[1]), x[2]);
            case Ir.Function.Quotient: return real ? $"XMath.Truncate({x[0]} / {x[1]})" : Whole("Quotient", kind, x);
            case Ir.Function.Remainder: return real ? $"({x[0]} % {x[1]})" : Whole("Remainder", kind, x);
            case Ir.Function.Sqrt: return $"XMath.Sqrt({x[0]})";
            case Ir.Function.IsNan: return real ? $"Num.IsNan({x[0]})" : "false";
            case Ir.Function.IsInf: return real ? $"Num.IsInf({x[0]})" : "false";
            case Ir.Function.Not: return kind == Scalar.Bool ? $"(!{x[0]})" : Cut(kind, $"(~{x[0]})");
            case Ir.Function.PopCount: return Cut(kind, $"Num.PopCount({(kind.Bits < 32 ? $"(uint){Atom(x[0])} & {Digits((1L << kind.Bits) - 1)}u" : kind.Bits == 32 ? $"(uint){Atom(x[0])}" : $"(ulong){Atom(x[0])}")})") is var count && kind.Bits >= 32 ? $"(({CSharpTypes.Of(kind)}){Atom(count)})" : count;
            default: return kind == Scalar.F64 && OfDouble.TryGetValue(c.Function, out var name) ? $"Math.{name}({string.Join(", ", x)})" : throw CSharpTypes.Unsupported(kind, c.Function.Text());
        }
    }

    /// <summary>The number in another kind: wraps between whole numbers; real to whole truncates and saturates, NaN to 0.</summary>
    private static string Convert(Cast cast, string x)
    {
        var (from, to) = (cast.Operand.Type, cast.Type);
        if (from == to) return x;
        var type = CSharpTypes.Of(to);
        if (to == Scalar.Bool) return $"({x} != 0)";
        if (from == Scalar.Bool) return $"({x} ? ({type})1 : ({type})0)";
        if (to.IsReal) return $"({type}){Atom(x)}";
        if (!from.IsReal) return from == Scalar.I64 || to.Bits < 32 || CSharpTypes.Of(from) != type ? Cut(to, $"({type}){Atom(x)}") : x;
        if (to is Scalar.I32 or Scalar.I64 && Interval.Of(cast.Operand) is { IsFinite: true } range && range.Low >= int.MinValue && range.High <= int.MaxValue) return $"({type}){Atom(x)}";
        return to == Scalar.U64 ? $"Num.ToU64({x})" : to == Scalar.I64 ? $"Num.ToI64({x})" : $"({type})Num.Saturate({x}, {Digits(to.Range.Low)}, {Digits(to.Range.High)})";
    }

    /// <summary>The same bits in another kind of equal width.</summary>
    private static string Bits(Scalar from, Scalar to, string x) => (from, to) switch
    {
        (Scalar.F32, _) => to == Scalar.I32 ? $"(int)Interop.FloatAsInt({x})" : $"Interop.FloatAsInt({x})",
        (_, Scalar.F32) => $"Interop.IntAsFloat({(from == Scalar.I32 ? $"(uint){Atom(x)}" : x)})",
        (Scalar.F64, _) => to == Scalar.I64 ? $"(long)Interop.FloatAsInt({x})" : $"Interop.FloatAsInt({x})",
        (_, Scalar.F64) => $"Interop.IntAsFloat({(from == Scalar.I64 ? $"(ulong){Atom(x)}" : x)})",
        (Scalar.Bool, _) => $"({x} ? ({CSharpTypes.Of(to)})1 : ({CSharpTypes.Of(to)})0)",
        (_, Scalar.Bool) => $"({x} != 0)",
        _ => CSharpTypes.Of(from) == CSharpTypes.Of(to) && from.Bits >= 8 ? x : Cut(to, $"({CSharpTypes.Of(to)}){Atom(x)}"),
    };
}
