using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Steps that set rows of numbers elsewhere and leave each row as it is: what they do to values they do to codes and scales of them.</summary>
internal static class StateMoves
{
    /// <summary>The operands whose numbers a step moves, with places of one axis staying in their order; null where it does anything else.</summary>
    /// <param name="channel">The axis along which a row lies.</param>
    public static IReadOnlyList<Value>? Of(Node node, int channel)
    {
        if (Formula.Of(node) is not { } formula || node.Regions.Count > 0 || !IsRows(node.Result.Type, channel)) return null;
        var (axis, moved) = (formula.Axes[channel], new List<Value>());
        // The step is taken again over codes and over scales: a number beside what moves, 0 too, would be of another kind there.
        return Walk(formula.Number) && moved.Count > 0 && node.Reads.All(v => !v.Type.Scalar.IsReal || moved.Contains(v)) ? moved : null;

        bool Walk(Expr number) => number switch
        {
            Load load => formula.Operand(load) is var operand && IsRows(operand.Type, channel) && operand.Type.Shape[channel] == axis.Extent && operand.Type.Rank == node.Result.Type.Rank
                && load.At.Index().All(p => p.Index == channel ? p.Item == (Expr)axis : !p.Item.Mentions(axis)) && (load.Outside is null || IsZero(load.Outside)) && Add(operand),
            // What decides may look at places and at whole numbers, never at numbers that are about to be rounded.
            Call { Function: Function.Select, Arguments: [var condition, var yes, var no] } => !condition.Mentions(axis) && !condition.Parts().Any(e => e is Load { Type.IsReal: true }) && Walk(yes) && Walk(no),
            _ => IsZero(number),
        };

        bool Add(Value operand)
        {
            if (!moved.Contains(operand)) moved.Add(operand);
            return true;
        }
    }

    /// <summary>Whether a value has f32 numbers in rows of a known length.</summary>
    public static bool IsRows(TensorType type, int channel) => type.Encoding is Dense { Kind: Scalar.F32 } && channel < type.Rank && type.Shape[channel] is Number;

    /// <summary>A code of 0 stands for it under any scale.</summary>
    private static bool IsZero(Expr number) => number is Number { IsReal: true, Real: 0 } or Number { IsReal: false, Integer: 0 };
}
