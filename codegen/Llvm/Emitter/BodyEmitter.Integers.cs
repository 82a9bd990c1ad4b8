using System.Globalization;
using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

internal sealed partial class BodyEmitter
{
    /// <summary>Quotient rounded down, or its remainder with the sign of the divisor. A divisor of 0 gives 0, as there is no number and must be no trap.</summary>
    private Register Divide(Operator op, Register a, Register b)
    {
        var both = Alike(a, b);
        (a, b) = (both[0], both[1]);
        if (!a.Kind.IsSigned) return Truncated(op == Operator.Divide, a, b);
        if (Whole(b) is > 0 and var divisor && long.IsPow2(divisor))
        {
            var shift = Spread(new(long.TrailingZeroCount(divisor).Text(), a.Kind, 1), a.Lanes);
            return op == Operator.Divide ? Let($"ashr {a}, {shift.Text}", a.Kind, a.Lanes) : Let($"and {a}, {Spread(new((divisor - 1).Text(), a.Kind, 1), a.Lanes).Text}", a.Kind, a.Lanes);
        }
        var rest = Truncated(false, a, b);
        // The rest of truncation has the sign of a; where that is not the sign of b, rounding down is one step further.
        var zero = Spread(Zero(a.Kind, 1), a.Lanes);
        var apart = Let($"icmp slt {Let($"xor {rest}, {b.Text}", a.Kind, a.Lanes)}, {zero.Text}", Scalar.Bool, a.Lanes);
        var step = Let($"and {apart}, {code.Let($"icmp ne {rest}, {zero.Text}")}", Scalar.Bool, a.Lanes);
        return op == Operator.Divide
            ? Let($"add {Truncated(true, a, b)}, {code.Let($"sext {step} to {a.Type}")}", a.Kind, a.Lanes)
            : Choose(step, Let($"add {rest}, {b.Text}", a.Kind, a.Lanes), rest);
    }

    /// <summary>Quotient rounded toward 0, or what it leaves.</summary>
    private Register Truncated(bool quotient, Register a, Register b)
    {
        var signed = a.Kind.IsSigned;
        var operation = $"{(signed ? "s" : "u")}{(quotient ? "div" : "rem")}";
        if (Whole(b) is not (null or 0 or -1)) return Let($"{operation} {a}, {b.Text}", a.Kind, a.Lanes);
        Register Literal(long n) => Spread(new(n.Text(), a.Kind, 1), a.Lanes);
        // Division by 0 and of the least number by -1 would trap.
        var none = Let($"icmp eq {b}, {Literal(0).Text}", Scalar.Bool, a.Lanes);
        if (!signed) return Choose(none, Literal(0), Let($"{operation} {a}, {Choose(none, Literal(1), b).Text}", a.Kind, a.Lanes));
        var minus = Let($"icmp eq {b}, {Literal(-1).Text}", Scalar.Bool, a.Lanes);
        var divided = Let($"{operation} {a}, {Choose(Let($"or {none}, {minus.Text}", Scalar.Bool, a.Lanes), Literal(1), b).Text}", a.Kind, a.Lanes);
        var negated = quotient ? Let($"sub {Literal(0)}, {a.Text}", a.Kind, a.Lanes) : Literal(0);
        return Choose(none, Literal(0), Choose(minus, negated, divided));
    }

    /// <summary>A shift by as many bits as there are or more moves all out.</summary>
    private Register Shift(Operator op, Register a, Register b)
    {
        var width = Math.Max(8, a.Kind.Bits);
        var fill = op == Operator.ShiftRight && a.Kind.IsSigned;
        var operation = op == Operator.ShiftLeft ? "shl" : fill ? "ashr" : "lshr";
        if (Whole(b) is >= 0 and var known && known < width) return Let($"{operation} {a}, {b.Text}", a.Kind, a.Lanes);
        var top = Spread(new((width - 1).Text(), a.Kind, 1), a.Lanes);
        var fits = Let($"icmp ule {b}, {top.Text}", Scalar.Bool, a.Lanes);
        var shifted = Let($"{operation} {a}, {Choose(fits, b, top).Text}", a.Kind, a.Lanes);
        return fill ? shifted : Choose(fits, shifted, Spread(Zero(a.Kind, 1), a.Lanes));
    }

    /// <summary>The value of a literal, spread or not.</summary>
    private static long? Whole(Register v)
    {
        if (!v.IsLiteral) return null;
        var text = v.Text.StartsWith("splat (", StringComparison.Ordinal) ? v.Text[(v.Text.LastIndexOf(' ') + 1)..^1] : v.Text;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null;
    }
}
