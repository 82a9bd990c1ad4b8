using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes.Rules;

/// <summary>A split becomes a slice for each result: a reader may then take in the slice it needs, and one that nobody reads is dropped.</summary>
public sealed record SplitToSlices : Rule
{
    public override Improvement? Improve(Node step, Surroundings around)
    {
        if (step.Op is not Split split || step.Operands[0] is not { } x) return null;
        var (axis, start, slices) = ((int)(split.Axis < 0 ? split.Axis + x.Type.Rank : split.Axis), 0L, new List<Node>());
        if (x.Type.Shape[axis] is not Number || step.Results.Any(v => v.Type.Shape[axis] is not Number)) return null;
        foreach (var result in step.Results)
        {
            var end = start + result.Type.Shape[axis].Whole;
            Value Wholes(string name, long number) => Constants.Wholes(around.Fresh($"{result.Name}.{name}"), number);
            slices.Add(new(new Slice(), [x, Wholes("start", start), Wholes("end", end), Wholes("axis", axis)], [result]));
            start = end;
        }
        return Improvement.To([.. slices]);
    }
}
