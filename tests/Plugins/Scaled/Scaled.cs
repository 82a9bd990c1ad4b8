using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

[assembly: Lathe.Sdk.Plugin("scaled")]

namespace Samples;

/// <summary>A rule in C#: the product of a value and its reciprocal's root is written as a division. Rules run wherever the tool simplifies.</summary>
public sealed record RootReciprocal : Rule
{
    public override bool IsExact => false;

    public override Improvement? Improve(Node step, Surroundings around) =>
        step.Op is Mul && around.Maker(step.Operands[1]) is { Op: Reciprocal } reciprocal && around.IsReadOnce(reciprocal.Result)
            ? Improvement.To(step with { Op = new Div(), Operands = [step.Operands[0], reciprocal.Operands[0]] }) : null;
}
