using System.Globalization;
using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

internal sealed partial class BodyEmitter
{
    private Register Apply(Function function, Register[] x)
    {
        var (a, real) = (x[0], x[0].Kind.IsReal);
        Register Overloaded(string name) => Intrinsic($"llvm.{name}.{LlvmTypes.Suffix(a.Kind, a.Lanes)}", a, x);
        switch (function)
        {
            case Function.Min or Function.Max: return Extreme(function, x[0], x[1]);
            case Function.Abs:
                return real ? Overloaded("fabs") : !a.Kind.IsSigned ? a
                    : Wrapped(Intrinsic($"llvm.abs.{LlvmTypes.Suffix(a.Kind, a.Lanes)}", a, [(a.Type, a.Text), ("i1", "false")]));
            case Function.Sign: return Sign(a);
            case Function.Round or Function.Floor or Function.Ceil or Function.Trunc when !real: return a;
            case Function.Round: return Overloaded("roundeven");
            case Function.Floor or Function.Ceil or Function.Trunc: return Overloaded(function.Text());
            case Function.Fma: return real ? Overloaded("fma") : Arithmetic(Operator.Add, Arithmetic(Operator.Multiply, x[0], x[1]), x[2]);
            case Function.Quotient: return real ? Apply(Function.Trunc, [Arithmetic(Operator.Divide, x[0], x[1])]) : Wrapped(Truncated(true, x[0], x[1]));
            case Function.Remainder: return real ? Remainder(a, x[1]) : Wrapped(Truncated(false, x[0], x[1]));
            case Function.Sqrt: return Overloaded("sqrt");
            case Function.IsNan: return real ? Let($"fcmp uno {a}, {a.Text}", Scalar.Bool, a.Lanes) : Spread(Zero(Scalar.Bool, 1), a.Lanes);
            case Function.IsInf: return real ? Let($"fcmp oeq {Overloaded("fabs")}, {Infinity(a).Text}", Scalar.Bool, a.Lanes) : Spread(Zero(Scalar.Bool, 1), a.Lanes);
            case Function.Not: return Wrapped(Let($"xor {a}, {Spread(new(a.Kind == Scalar.Bool ? "true" : "-1", a.Kind, 1), a.Lanes).Text}", a.Kind, a.Lanes));
            case Function.PopCount: return PopulationCount(a);
            default: return Library(function, x);
        }
    }

    /// <summary>The smaller or larger of two; NaN where either is.</summary>
    private Register Extreme(Function function, Register a, Register b)
    {
        var both = Alike(a, b);
        (a, b) = (both[0], both[1]);
        var max = function == Function.Max;
        if (!a.Kind.IsReal)
        {
            if (a.Kind == Scalar.Bool) return Let($"{(max ? "or" : "and")} {a}, {b.Text}", a.Kind, a.Lanes);
            return Intrinsic($"llvm.{(a.Kind.IsSigned ? "s" : "u")}{function.Text()}.{LlvmTypes.Suffix(a.Kind, a.Lanes)}", a, a, b);
        }
        if (a.IsLiteral) (a, b) = (b, a);
        // A comparison with NaN fails, which keeps a: one instruction of x86. A NaN in b takes another, unless b is a literal.
        var kept = Choose(Let($"fcmp {(max ? "olt" : "ogt")} {a}, {b.Text}", Scalar.Bool, a.Lanes), b, a);
        return b.IsLiteral && !double.IsNaN(Real(b)) ? kept : Choose(Let($"fcmp uno {b}, {b.Text}", Scalar.Bool, a.Lanes), b, kept);
    }

    private static double Real(Register literal) => literal.Text.IndexOf("0x", StringComparison.Ordinal) is >= 0 and var at
        ? BitConverter.Int64BitsToDouble(long.Parse(literal.Text.AsSpan(at + 2, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture)) : 0;

    /// <summary>-1, 0 or 1; zeros and NaN are themselves.</summary>
    private Register Sign(Register a)
    {
        var (real, zero) = (a.Kind.IsReal, Spread(Zero(a.Kind, 1), a.Lanes));
        Register One(int n) => Spread(Value(Number.Of(a.Kind == Scalar.F64 ? Scalar.F64 : real ? Scalar.F32 : a.Kind, (long)n)), a.Lanes);
        var up = Choose(Let($"{(real ? "fcmp ogt" : a.Kind.IsSigned ? "icmp sgt" : "icmp ugt")} {a}, {zero.Text}", Scalar.Bool, a.Lanes), One(1), a);
        return a.Kind.IsSigned ? Choose(Let($"{(real ? "fcmp olt" : "icmp slt")} {a}, {zero.Text}", Scalar.Bool, a.Lanes), One(-1), up) : up;
    }

    private Register PopulationCount(Register a)
    {
        if (a.Kind.Bits < 8 && a.Kind.IsSigned) a = Let($"and {a}, {Spread(new(((1 << a.Kind.Bits) - 1).Text(), a.Kind, 1), a.Lanes).Text}", a.Kind, a.Lanes);
        return Wrapped(Intrinsic($"llvm.ctpop.{LlvmTypes.Suffix(a.Kind, a.Lanes)}", a, a));
    }

    private Register Infinity(Register like) => Spread(Value(Number.Of(like.Kind, double.PositiveInfinity)), like.Lanes);

    /// <summary>A function of libm, lane by lane: for f64, where formulas of our own would have to be much longer.</summary>
    private Register Library(Function function, Register[] x)
    {
        if (x[0].Kind != Scalar.F64) throw new NotSupportedException($"{function.Text()} of {x[0].Kind.Text}");
        if (IsForGpu) throw NotOnGpu(function.Text());
        Module.Declare($"double @{function.Text()}({string.Join(", ", x.Select(_ => "double"))})", "nounwind willreturn memory(none)");
        return Called(function.Text(), "double", x);
    }

    private static DiagnosticException NotOnGpu(string what) => new(new Diagnostic("LT4310", $"GPU kernels have no {what} of f64", "", "--target=cpu computes it"));

    /// <summary>A function of one number or two, called for each lane.</summary>
    private Register Called(string name, string type, Register[] x)
    {
        if (x[0].Lanes == 1) return Let($"call {type} @{name}({string.Join(", ", x)})", x[0].Kind, 1);
        var all = "poison";
        for (var lane = 0; lane < x[0].Lanes; lane++)
        {
            var one = code.Let($"call {type} @{name}({string.Join(", ", x.Select(v => $"{type} {code.Let($"extractelement {v}, i64 {lane.Text()}")}"))})");
            all = code.Let($"insertelement {x[0].Type} {all}, {type} {one}, i64 {lane.Text()}");
        }
        return Made(all, x[0].Kind, x[0].Lanes);
    }

    /// <summary>What is left of a division of reals, its sign the dividend's.</summary>
    private Register Remainder(Register a, Register b)
    {
        if (!IsForGpu) return Let($"frem {a}, {b.Text}", a.Kind, a.Lanes);
        if (a.Kind != Scalar.F32) throw NotOnGpu("remainder");
        Module.Include("Fmod.ll");
        return Called("fmod_f32", "float", [a, b]);
    }
}
