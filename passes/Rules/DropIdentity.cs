using Lathe.Ir;

namespace Lathe.Passes.Rules;

/// <summary>A step that gives its operand back is dropped: identity, a cast or reshape to what it was, a transpose that moves nothing, times one, plus zero.</summary>
/// <remarks>x + 0 is x up to the sign of a zero.</remarks>
public sealed record DropIdentity : Rule
{
    public override Improvement? Improve(Node step, Surroundings around)
    {
        if (Formula.Of(step) is not { } formula || formula.HasReduce) return null;
        var number = formula.Number.Replace(e => e is Load { Outside: null } load && Constants.Uniform(formula.Operand(load)) is { } same ? same : null);
        while (Rest(number) is { } rest) number = rest;
        if (number is not Load { Outside: null } read) return null;
        var operand = formula.Operand(read);
        return operand.Type.Encoding == step.Result.Type.Encoding && operand.Type.Rank == formula.Axes.Count && formula.IsInPlace(read)
            && operand.Type.Shape.Zip(step.Result.Type.Shape).All(p => Linear.ProvesEqual(p.First, p.Second)) ? Improvement.To(operand) : null;
    }

    /// <summary>What is left of a sum with zero.</summary>
    private static Expr? Rest(Expr e) => e switch
    {
        Binary { Operator: Operator.Add or Operator.Subtract, B: Number { Real: 0, Integer: 0 } } b => b.A,
        Binary { Operator: Operator.Add, A: Number { Real: 0, Integer: 0 } } b => b.B,
        _ => null,
    };
}
