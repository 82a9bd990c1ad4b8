using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes;

/// <summary>Steps that move whole rows of a value, whatever is in them: picking, turning, cutting, other ranks.</summary>
internal static class CarriedRows
{
    /// <summary>The value of which a step moves whole rows; null where it does not.</summary>
    public static Value? Of(Node node)
    {
        // Without axes a squeeze takes whatever has one place, the coordinates too where there is one.
        if (node.Op is not (Gather or Transpose or Slice or Identity or Unsqueeze or Squeeze) || node is { Op: Squeeze, Operands.Count: < 2 } || Formula.Of(node) is not { Number: Load { Outside: null } load } formula) return null;
        var from = formula.Operand(load);
        return from.Type.Rank > 0 && node.Result.Type.Rank > 0 && from.Type.Shape[^1] == node.Result.Type.Shape[^1] && load.At[^1] == (Expr)formula.Axes[^1] && load.At.SkipLast(1).All(i => !i.Mentions(formula.Axes[^1])) ? from : null;
    }
}
