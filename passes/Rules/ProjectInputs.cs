using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes.Rules;

/// <summary>What a recurrent operator makes of its input waits for no state: one product for all steps, before the first.</summary>
/// <remarks>Appleyard, Kočiský and Blunsom, Optimizing Performance of Recurrent Neural Networks on GPUs (2016), section 3.</remarks>
public sealed record ProjectInputs : Rule
{
    public override Improvement? Improve(Node step, Surroundings around)
    {
        if (step.Op is not Recurrent || step.Operands is not [{ } x, { } weights, { } states, ..] || x.Type.Scalar != x.Type.Scalar.Arithmetic) return null;
        var steps = new List<Node>();
        var projected = Made("input", new Einsum("tbi,dgi->tbdg"), x, weights);
        if (step.Operands.Count > 3 && step.Operands[3] is { } biases)
        {
            var gates = weights.Type.Shape[1];
            if (gates is not Number { Integer: var end }) return null;
            var first = Made("bias", new Slice(), biases, Wholes("start", 0), Wholes("end", end), Wholes("axis", 1));
            projected = Made("biased", new Add(), projected, first);
        }
        return Improvement.To([.. steps, step with { Operands = [projected, null, states, .. step.Operands.Skip(3)] }]);

        Value Wholes(string what, long number) => Constants.Wholes(around.Fresh($"{step.Result.Name}.{what}"), number);
        Value Made(string what, Op op, params Seq<Value?> operands)
        {
            var made = new Value(around.Fresh($"{step.Result.Name}.{what}"), op.Infer(GraphBuilder.Operands(operands))[0]);
            steps.Add(new(op, operands, [made]));
            return made;
        }
    }
}
