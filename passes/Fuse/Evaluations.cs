using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>How often a formula reads an operand, and what a formula costs: what fusing one into the other would repeat.</summary>
public static class Evaluations
{
    /// <summary>
    /// Reads of an operand while all of the result is computed. A reduction runs once for each index it depends on, however many loops stand around it.
    /// </summary>
    public static double Count(Formula formula, Value operand)
    {
        var (sum, seen) = (0.0, new HashSet<(Expr, string)>());
        Visit(formula.Number, [.. formula.Axes]);
        return sum;

        void Visit(Expr e, HashSet<Axis> scope)
        {
            if (!seen.Add((e, string.Join(',', scope.Select(a => a.Order).Order())))) return;
            if (e is Load load && formula.Operand(load) == operand) sum += Size(scope);
            HashSet<Axis> inner = e is Reduce r ? [.. r.Free, .. r.Axes] : scope;
            foreach (var child in e.Children) Visit(child, inner);
        }
    }

    /// <summary>Numbers in a range of indices.</summary>
    public static double Size(IEnumerable<Axis> axes) => axes.Aggregate(1.0, (size, axis) => size * Sizes.Guess(axis.Extent));

    public static double Size(Value value) => Sizes.Guess(value.Type.Size);

    /// <summary>Machine steps for one number, about; the body of a reduction counts once, index arithmetic where it is not linear.</summary>
    public static int Cost(Formula formula) => formula.Number.Parts().Sum(e => e switch
    {
        Binary { Operator: Operator.Divide or Operator.Modulo } => 4,
        Binary b when b.Type == Scalar.I64 => 0,
        Binary => 1,
        Cast c => c.Type == Scalar.I64 ? 0 : 1,
        Call { Function: Function.Sqrt } => 5,
        Call { Function: >= Function.Exp and <= Function.Atanh } => 20,
        Call => 1,
        _ => 0,
    });
}
