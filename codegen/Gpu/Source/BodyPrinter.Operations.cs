using System.Diagnostics;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

internal sealed partial class BodyPrinter
{
    private string Operation(Binary b, string x, string y)
    {
        var kind = b.A.Type;
        if (kind == Scalar.Bool && b.Operator is Operator.Less or Operator.LessOrEqual) return b.Operator == Operator.Less ? $"(!{x} & {y})" : $"(!{x} | {y})";
        // Where nothing is negative the language's division is the one that rounds down.
        if (b.Operator is Operator.Divide or Operator.Modulo && kind == Scalar.I64 && b.B is Number { Integer: > 0 } && Linear.Range(b.A).Low >= 0)
            return b.Operator == Operator.Divide ? $"({x} / {y})" : $"({x} % {y})";
        return Arithmetic(b.Operator, kind, x, y, wraps: kind != Scalar.I64 || Reads(b));
    }

    private string Arithmetic(Operator op, Scalar kind, string x, string y, bool wraps = true)
    {
        // Numbers of places are small; what is read may be anything.
        string Ring(string sign) => Cut(kind, wraps && kind.IsInteger && kind.Bits >= 16 ? language.Wrapping(kind, x, sign, y) : Plain(sign));
        string Plain(string sign) => $"({x} {sign} {y})";
        return op switch
        {
            Operator.Add => Ring("+"),
            Operator.Subtract => Ring("-"),
            Operator.Multiply => Ring("*"),
            Operator.Divide => kind.IsReal ? Plain("/") : Whole("FloorDivide", kind, x, y),
            Operator.Modulo => kind.IsReal ? language.Num("FloorModulo", kind, x, y) : Whole("FloorModulo", kind, x, y),
            Operator.Less => Plain("<"),
            Operator.LessOrEqual => Plain("<="),
            Operator.Equal => Plain("=="),
            Operator.And => Cut(kind, Plain("&")),
            Operator.Or => Cut(kind, Plain("|")),
            Operator.Xor => Cut(kind, Plain("^")),
            Operator.ShiftLeft => Cut(kind, language.Num("ShiftLeft", Wider(kind), Wide(kind, x), $"(long){KernelLanguage.Atom(y)}", Digits(kind.Bits))),
            Operator.ShiftRight => Cut(kind, language.Num("ShiftRight", Wider(kind), Wide(kind, x), $"(long){KernelLanguage.Atom(y)}", Digits(kind.Bits))),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>A function of whole numbers in 32 or 64 bits, cut to the kind.</summary>
    private string Whole(string function, Scalar kind, params string[] x) => Cut(kind, language.Num(function, Wider(kind), [.. x.Select(each => Wide(kind, each))]));

    /// <summary>The kind that numbers of a kind are reckoned in.</summary>
    private static Scalar Wider(Scalar kind) => KernelLanguage.IsShort(kind) ? Scalar.I32 : kind;

    /// <summary>A number of less than 32 bits as an int, the kind that it is reckoned in.</summary>
    private string Wide(Scalar kind, string x) => KernelLanguage.IsShort(kind) ? $"(int){KernelLanguage.Atom(x)}" : x;

    /// <summary>What was worked out in 32 bits, in the bits of the kind.</summary>
    private string Cut(Scalar kind, string x) => kind switch
    {
        Scalar.I2 or Scalar.I4 => $"(({language.Of(Scalar.I8)})((int){KernelLanguage.Atom(x)} << {Digits(32 - kind.Bits)} >> {Digits(32 - kind.Bits)}))",
        Scalar.U1 or Scalar.U2 or Scalar.U4 => $"(({language.Of(Scalar.U8)})((int){KernelLanguage.Atom(x)} & {Digits((1 << kind.Bits) - 1)}))",
        _ => KernelLanguage.IsShort(kind) ? $"(({language.Of(kind)}){KernelLanguage.Atom(x)})" : x,
    };

    private string Extreme(bool max, Scalar kind, string x, string y) =>
        kind == Scalar.Bool ? $"({x} {(max ? "|" : "&")} {y})" : kind.IsReal ? language.Num(max ? "Max" : "Min", kind, x, y) : Whole(max ? "Max" : "Min", kind, x, y);

    private string Function(Call c, string[] x)
    {
        var (kind, real) = (c.Arguments[0].Type, c.Arguments[0].Type.IsReal);
        switch (c.Function)
        {
            case Ir.Function.Min: return Extreme(false, kind, x[0], x[1]);
            case Ir.Function.Max: return Extreme(true, kind, x[0], x[1]);
            case Ir.Function.Abs: return real ? language.Function(c.Function, kind, x) : kind.IsSigned ? Whole("Abs", kind, x) : x[0];
            case Ir.Function.Sign: return real ? language.Num("Sign", kind, x) : Whole("Sign", kind, x);
            case Ir.Function.Round or Ir.Function.Floor or Ir.Function.Ceil or Ir.Function.Trunc when !real: return x[0];
            case Ir.Function.Fma: return Arithmetic(Operator.Add, kind, Arithmetic(Operator.Multiply, kind, x[0], x[1]), x[2]);
            case Ir.Function.Quotient: return real ? language.Function(Ir.Function.Trunc, kind, [$"{x[0]} / {x[1]}"]) : Whole("Quotient", kind, x);
            case Ir.Function.Remainder: return real ? language.Remainder(x[0], x[1]) : Whole("Remainder", kind, x);
            case Ir.Function.IsNan: return real ? language.Num("IsNan", kind, x) : "false";
            case Ir.Function.IsInf: return real ? language.Num("IsInf", kind, x) : "false";
            case Ir.Function.Not: return kind == Scalar.Bool ? $"(!{x[0]})" : Cut(kind, $"(~{x[0]})");
            case Ir.Function.PopCount when kind.Bits < 32: return Cut(kind, language.Num("PopCount", Scalar.U32, $"({language.Of(Scalar.U32)}){KernelLanguage.Atom(x[0])} & {Digits((1L << kind.Bits) - 1)}u"));
            case Ir.Function.PopCount: return $"(({language.Of(kind)}){language.Num("PopCount", kind.Bits == 32 ? Scalar.U32 : Scalar.U64, $"({language.Of(kind.Bits == 32 ? Scalar.U32 : Scalar.U64)}){KernelLanguage.Atom(x[0])}")})";
            default: return language.Function(c.Function, kind, x);
        }
    }

    /// <summary>The number in another kind: wraps between whole numbers; real to whole truncates and saturates, NaN to 0.</summary>
    private string Convert(Cast cast, string x)
    {
        var (from, to) = (cast.Operand.Type, cast.Type);
        if (from == to) return x;
        var type = language.Of(to);
        if (to == Scalar.Bool) return $"({x} != 0)";
        if (from == Scalar.Bool) return $"({x} ? ({type})1 : ({type})0)";
        if (to.IsReal) return $"({type}){KernelLanguage.Atom(x)}";
        if (!from.IsReal) return from == Scalar.I64 || to.Bits < 32 || language.Of(from) != type ? Cut(to, $"({type}){KernelLanguage.Atom(x)}") : x;
        if (to is Scalar.I32 or Scalar.I64 && Interval.Of(cast.Operand) is { IsFinite: true } range && range.Low >= int.MinValue && range.High <= int.MaxValue) return $"({type}){KernelLanguage.Atom(x)}";
        return to is Scalar.U64 or Scalar.I64 ? language.Num(to == Scalar.U64 ? "ToU64" : "ToI64", from, x) : $"({type}){language.Num("Saturate", from, x, $"{Digits(to.Range.Low)}L", $"{Digits(to.Range.High)}L")}";
    }

    /// <summary>The same bits in another kind of equal width.</summary>
    private string Bits(Scalar from, Scalar to, string x) => (from, to) switch
    {
        (Scalar.F32 or Scalar.F64, _) or (_, Scalar.F32 or Scalar.F64) => language.Bits(from, to, x),
        (Scalar.Bool, _) => $"({x} ? ({language.Of(to)})1 : ({language.Of(to)})0)",
        (_, Scalar.Bool) => $"({x} != 0)",
        _ => language.Of(from) == language.Of(to) && from.Bits >= 8 ? x : Cut(to, $"({language.Of(to)}){KernelLanguage.Atom(x)}"),
    };
}
