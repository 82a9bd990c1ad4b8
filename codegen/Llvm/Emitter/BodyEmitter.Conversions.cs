using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

internal sealed partial class BodyEmitter
{
    /// <summary>The number in another kind: wraps between whole numbers; real to whole truncates and saturates, NaN to 0; real to real rounds to nearest even.</summary>
    /// <remarks>Casts that machines do not have, to and from floats narrower than f32, are formulas by now (<see cref="Simpler.Of"/>).</remarks>
    private Register Convert(Register v, Scalar to)
    {
        var (from, type) = (v.Kind, LlvmTypes.Of(to, v.Lanes));
        Register Done(string operation) => Let($"{operation} {v} to {type}", to, v.Lanes);
        if (from == to) return v;
        if (to == Scalar.Bool) return Let(from.IsReal ? $"fcmp une {v}, {Spread(Zero(from, 1), v.Lanes).Text}" : $"icmp ne {v}, {Spread(Zero(from, 1), v.Lanes).Text}", to, v.Lanes);
        if (from == Scalar.F16) return Let($"fpext {Half(v.Lanes)} {code.Let($"bitcast {v} to {Half(v.Lanes)}")} to {type}", to, v.Lanes);
        if (to == Scalar.F16) return Let($"bitcast {Half(v.Lanes)} {code.Let($"fptrunc {v} to {Half(v.Lanes)}")} to {type}", to, v.Lanes);
        if (from.IsReal && to.IsReal) return Done(from < to ? "fpext" : "fptrunc");
        if (from.IsReal) return Saturated(v, to);
        if (to.IsReal) return Done(from.IsSigned ? "sitofp" : "uitofp");
        var (narrow, wide) = (LlvmTypes.Of(from), LlvmTypes.Of(to));
        return Wrapped(narrow == wide ? v with { Kind = to } : from == Scalar.Bool || !from.IsSigned && Width(from) < Width(to) ? Done("zext") : Width(from) < Width(to) ? Done("sext") : Done("trunc"));
    }

    /// <summary>f16 as LLVM calls it where the machine casts it.</summary>
    private static string Half(int lanes) => lanes == 1 ? "half" : $"<{lanes} x half>";

    private static int Width(Scalar kind) => Math.Max(8, kind.Bits);

    /// <summary>Whether a cast from a real to whole numbers need not saturate.</summary>
    private static bool IsWithin(Cast cast) => cast.Operand.Type is Scalar.F32 or Scalar.F64 && cast.Type is Scalar.I32 or Scalar.I64 && Interval.Of(cast.Operand) is { IsFinite: true } range && range.Low >= int.MinValue && range.High <= int.MaxValue;

    private Register Truncated(Register v, Scalar to) => Let($"fptosi {v} to {LlvmTypes.Of(to, v.Lanes)}", to, v.Lanes);

    private Register Saturated(Register v, Scalar to)
    {
        var wide = to.Bits < 8 ? to.IsSigned ? Scalar.I8 : Scalar.U8 : to;
        var whole = Intrinsic($"llvm.{(to.IsSigned ? "fptosi" : "fptoui")}.sat.{LlvmTypes.Suffix(wide, v.Lanes)}.{LlvmTypes.Suffix(v.Kind, v.Lanes)}", new("", wide, v.Lanes), v);
        if (wide == to) return whole;
        Register Limit(long n) => Spread(new(n.Text(), wide, 1), v.Lanes);
        return Extreme(Function.Min, Extreme(Function.Max, whole, Limit(to.Range.Low)), Limit(to.Range.High)) with { Kind = to };
    }

    /// <summary>The same bits.</summary>
    private Register Bits(Register v, Scalar to)
    {
        if (v.Kind == Scalar.Bool) return Let($"zext {v} to {LlvmTypes.Of(to, v.Lanes)}", to, v.Lanes);
        if (to == Scalar.Bool) return Let($"icmp ne {v}, {Spread(Zero(v.Kind, 1), v.Lanes).Text}", to, v.Lanes);
        if (v.Kind.Bits < 8)
        {
            // Above the bits stand zeros or the sign, as the kind has it.
            var bare = v with { Kind = to.IsSigned && to.IsInteger ? to.Bits == 2 ? Scalar.I2 : Scalar.I4 : to.Bits == 2 ? Scalar.U2 : Scalar.U4 };
            return Wrapped(bare) with { Kind = to };
        }
        return LlvmTypes.Of(v.Kind) == LlvmTypes.Of(to) ? v with { Kind = to } : Let($"bitcast {v} to {LlvmTypes.Of(to, v.Lanes)}", to, v.Lanes);
    }
}
