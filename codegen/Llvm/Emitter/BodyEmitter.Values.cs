using System.Diagnostics;
using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

internal sealed partial class BodyEmitter
{
    private Register Value(Expr e)
    {
        if (e is Number n) return new(LlvmTypes.Literal(n), e.Type, 1);
        if (IsIndex(e)) return Index(Linear.Of(e, bound));
        if (scopes.Find(e, Lanes) is { } found) return found;
        return scopes.Keep(e, Simplified(e) is { } other ? Value(other) : e switch
        {
            Binary b => Arithmetic(b.Operator, Value(b.A), Value(b.B)),
            Call { Function: Function.Select } c => Choose(Value(c.Arguments[0]), Value(c.Arguments[1]), Value(c.Arguments[2])),
            Call { Function: Function.Ahead } c => Ahead(Value(c.Arguments[0]), (Load)c.Arguments[1]),
            Call c => Apply(c.Function, Alike(c.Arguments.Select(Value))),
            Cast c when IsWithin(c) => Truncated(Value(c.Operand), c.Type),
            Cast c => Convert(Value(c.Operand), c.Type),
            Bitcast c => Bits(Value(c.Operand), c.Type),
            Load l => Fetch(l),
            Reduce r => Reduction(r),
            Dot d => Step(d),
            _ => throw new UnreachableException(),
        });
    }

    /// <summary>The same number as a formula of what this machine has; null where it has it already.</summary>
    private Expr? Simplified(Expr e) => Simpler.Of(e, kernel.HasFma, kernel.HasHalf);

    private Register Choose(Register condition, Register yes, Register no)
    {
        var sides = Alike(yes, no);
        if (condition.Lanes > 1) sides = [Spread(sides[0], condition.Lanes), Spread(sides[1], condition.Lanes)];
        if (condition.Lanes is > 1 and var count && count < sides[0].Lanes) condition = Spread(condition, sides[0].Lanes);
        return Let($"select {condition}, {sides[0]}, {sides[1]}", yes.Kind, sides[0].Lanes);
    }

    private Register Arithmetic(Operator op, Register a, Register b)
    {
        var both = Alike(a, b);
        (a, b) = (both[0], both[1]);
        var (kind, real, signed) = (a.Kind, a.Kind.IsReal, a.Kind.IsSigned);
        if (op is Operator.Divide or Operator.Modulo && !real) return Wrapped(Divide(op, a, b));
        if (op is Operator.ShiftLeft or Operator.ShiftRight) return Wrapped(Shift(op, a, b));
        if (op == Operator.Modulo) return Floored(a, b);
        var instruction = op switch
        {
            Operator.Add => real ? "fadd" : "add",
            Operator.Subtract => real ? "fsub" : "sub",
            Operator.Multiply => real ? "fmul" : "mul",
            Operator.Divide => "fdiv",
            Operator.Less => real ? "fcmp olt" : signed ? "icmp slt" : "icmp ult",
            Operator.LessOrEqual => real ? "fcmp ole" : signed ? "icmp sle" : "icmp ule",
            Operator.Equal => real ? "fcmp oeq" : "icmp eq",
            Operator.And => "and",
            Operator.Or => "or",
            Operator.Xor => "xor",
            _ => throw new UnreachableException(),
        };
        return Wrapped(Let($"{instruction} {a}, {b.Text}", op.IsComparison() ? Scalar.Bool : kind, a.Lanes));
    }

    /// <summary>The remainder of reals with the sign of the divisor.</summary>
    private Register Floored(Register a, Register b)
    {
        var left = Remainder(a, b);
        var (zero, type) = (Spread(Zero(a.Kind, 1), a.Lanes), a.Asked);
        var other = Let($"xor {type} {code.Let($"fcmp olt {left}, {zero.Text}")}, {code.Let($"fcmp olt {b}, {zero.Text}")}", Scalar.Bool, a.Lanes);
        var add = Let($"and {other}, {code.Let($"fcmp one {left}, {zero.Text}")}", Scalar.Bool, a.Lanes);
        return Choose(add, Let($"fadd {left}, {b.Text}", a.Kind, a.Lanes), left);
    }

    /// <summary>Whole numbers below a byte wrap at their own width.</summary>
    private Register Wrapped(Register v)
    {
        if (!v.Kind.IsInteger || v.Kind.Bits >= 8) return v;
        var unused = Spread(new((8 - v.Kind.Bits).Text(), Scalar.U8, 1), v.Lanes).Text;
        return Let($"{(v.Kind.IsSigned ? "ashr" : "lshr")} {Let($"shl {v}, {unused}", v.Kind, v.Lanes)}, {unused}", v.Kind, v.Lanes);
    }
}
