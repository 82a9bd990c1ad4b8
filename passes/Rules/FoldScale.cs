using Lathe.Ir;

namespace Lathe.Passes.Rules;

/// <summary>
/// A constant factor for each channel of a linear step goes into its weights: y·s with y = b + Σ x·w is b·s + Σ x·(w·s).
/// Which weights, and along which of their axes, is read off the step's formula: convolutions, matrix products and whatever else is linear in its weights.
/// </summary>
public sealed record FoldScale : Rule
{
    public override bool IsExact => false;

    public override Improvement? Improve(Node step, Surroundings around)
    {
        if (step.Results is not [var result] || step.Regions.Count > 0 || Formula.Of(step) is not { Number: Binary { Operator: Operator.Multiply or Operator.Divide } product } formula) return null;
        // The side that is computed, and the constant: a literal or a weight.
        var (a, b) = product.Operator == Operator.Multiply && (product.A is Number || product.A is Load l && formula.Operand(l).IsWeight) ? (product.B, product.A) : (product.A, product.B);
        if (a is not Load read || formula.Operand(read) is not { IsWeight: false } made || Factors(b, formula) is not { } constant) return null;
        if (!made.Type.Scalar.IsReal || !around.IsReadOnce(made) || around.Maker(made) is not { Regions.Count: 0 } maker || maker.Results.Count > 1) return null;
        if (!formula.ReadsInPlace(made) || made.Type.Shape != result.Type.Shape || Formula.Of(maker) is not { HasReduce: true } linear) return null;
        var scaled = new Dictionary<Value, int?>();
        if (!Scales(linear.Number, linear, constant.Axis is { } axis ? linear.Axes[axis] : null, scaled)) return null;

        var factors = constant.Numbers;
        if (product.Operator == Operator.Divide) factors = [.. factors.Select(f => 1 / f)];
        if (!factors.All(double.IsFinite)) return null;
        // What other steps read too would be stored twice.
        if (scaled.Keys.Any(weight => weight.Type.Rank > 1 && around.Readers(weight) > 1)) return null;
        var weights = scaled.ToDictionary(p => p.Key, p => Constants.Scaled(p.Key, around.Renewed(p.Key, p.Key.Name + ".scaled"), p.Value, factors));
        return Improvement.To(maker with { Operands = [.. maker.Operands.Select(v => v is null ? null : weights.GetValueOrDefault(v, v))], Results = [result] });
    }

    /// <summary>A constant that varies along one axis of the result only, or not at all.</summary>
    private static (int? Axis, double[] Numbers)? Factors(Expr e, Formula formula)
    {
        if (e is Number n) return (null, [n.Real]);
        if (e is not Load { Outside: null } load || formula.Operand(load) is not { IsWeight: true, Type.Encoding: Dense } weight || load.At.Where(index => index is not Number).ToList() is not [Axis axis]) return null;
        return formula.Axes.Index().FirstOrDefault(p => p.Item == axis) is { Item: not null } found ? (found.Index, Constants.Read(weight)) : null;
    }

    /// <summary>Finds weights that scale a formula when they are scaled along an axis of the result.</summary>
    private static bool Scales(Expr e, Formula formula, Axis? axis, Dictionary<Value, int?> weights) => e switch
    {
        Number { Real: 0, Integer: 0 } => true,
        Reduce { Kind: ReduceKind.Sum } sum => Scales(sum.Body, formula, axis, weights),
        Binary { Operator: Operator.Add or Operator.Subtract } b => Scales(b.A, formula, axis, weights) && Scales(b.B, formula, axis, weights),
        Binary { Operator: Operator.Multiply } b => Scales(b.B, formula, axis, weights) || Scales(b.A, formula, axis, weights),
        Binary { Operator: Operator.Divide } b => Scales(b.A, formula, axis, weights),
        Call { Function: Function.Select } c => Scales(c.Arguments[1], formula, axis, weights) && Scales(c.Arguments[2], formula, axis, weights),
        Load { Outside: null or Number { Real: 0 } } load => Scales(load, formula, axis, weights),
        _ => false,
    };

    private static bool Scales(Load load, Formula formula, Axis? axis, Dictionary<Value, int?> weights)
    {
        var value = formula.Operand(load);
        if (!value.IsWeight || value.Type.Encoding is not Dense || formula.ReadsOf(value).Count() > 1) return false;
        int? position = null;
        if (axis is not null)
        {
            var places = load.At.Index().Where(p => p.Item.Mentions(axis)).ToList();
            if (places is not [var (at, item)] || item != (Expr)axis || !Linear.ProvesEqual(value.Type.Shape[at], axis.Extent)) return false;
            position = at;
        }
        return weights.TryAdd(value, position);
    }
}
