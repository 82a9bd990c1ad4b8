using Lathe.Ir;

namespace Lathe.Passes.Rules;

/// <summary>A constant added for each channel after a step that adds a constant for each channel itself: one bias in place of two.</summary>
public sealed record FoldShift : Rule
{
    public override bool IsExact => false;

    public override Improvement? Improve(Node step, Surroundings around)
    {
        if (step.Results is not [var result] || step.Regions.Count > 0 || Formula.Of(step) is not { Number: Binary { Operator: Operator.Add, A: Load a, B: Load b } } formula) return null;
        if (formula.Operand(a).IsWeight) (a, b) = (b, a);
        var (made, constant) = (formula.Operand(a), formula.Operand(b));
        if (!constant.IsWeight || constant.Type.Encoding is not Dense || !made.Type.Scalar.IsReal || !around.IsReadOnce(made) || around.Maker(made) is not { Regions.Count: 0 } maker || maker.Results.Count > 1) return null;
        if (!formula.ReadsInPlace(made) || made.Type.Shape != result.Type.Shape || Formula.Of(maker) is not { Number: Binary { Operator: Operator.Add } sum } inner) return null;
        if (Bias(sum, inner) is not { } bias || inner.ReadsOf(inner.Operand(bias)).Count() > 1) return null;
        var (first, second) = (Vector(bias, inner), Vector(b, formula));
        if (first is null || second is null || first.Value.Axis != second.Value.Axis || first.Value.Numbers.Length != second.Value.Numbers.Length) return null;
        var old = inner.Operand(bias);
        double[] total = [.. first.Value.Numbers.Zip(second.Value.Numbers, (x, y) => x + y)];
        var shifted = Constants.Of(around.Renewed(old, old.Name + ".shifted"), old.Type, total);
        return Improvement.To(maker with { Operands = [.. maker.Operands.Select(v => v == old ? shifted : v)], Results = [result] });
    }

    private static Load? Bias(Binary sum, Formula formula) => new[] { sum.B, sum.A }.OfType<Load>().FirstOrDefault(l => formula.Operand(l) is { IsWeight: true, Type.Encoding: Dense } && l.Outside is null);

    /// <summary>A constant that varies along one axis of the result, and all along it.</summary>
    private static (int Axis, double[] Numbers)? Vector(Load constant, Formula formula)
    {
        var value = formula.Operand(constant);
        return constant.At.Where(e => e is not Number).ToList() is [Axis axis] && formula.Axes.Index().FirstOrDefault(p => p.Item == axis) is { Item: not null } found
            && value.Type.IsStatic && axis.Extent is Number n && value.Type.Count == n.Integer ? (found.Index, Constants.Read(value)) : null;
    }
}
