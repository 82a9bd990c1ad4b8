namespace Lathe.Onnx;

/// <summary>UnfoldTensor: every window of an axis, its numbers on a new last axis.</summary>
internal sealed class Unfolding() : MicrosoftForm("UnfoldTensor")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var (type, axis, size, step) = (scope.Type(node.Input(0)), node.Int("dim", -1), node.Int("size", 0), node.Int("step", 1));
        if (axis < -type.Rank || axis >= type.Rank || size <= 0 || step <= 0) throw new TypeException($"windows of {size} with a step of {step} along axis {axis} of {type}");
        if (axis < 0) axis += type.Rank;
        // The first place of each window: every step-th of those behind which a whole window is left.
        var end = chain.Add("Sub", [chain.Add("Squeeze", [chain.Add("Shape", [node.Input(0)], ("start", axis), ("end", axis + 1))]), chain.Number(Scalar.I64, size - 1)]);
        var first = chain.Add("Range", [chain.Number(Scalar.I64, 0), end, chain.Number(Scalar.I64, step)]);
        var windows = chain.Add("Gather", [node.Input(0), chain.Add("Add", [chain.Add("Unsqueeze", [first, chain.Wholes(1)]), chain.Wholes([.. Enumerable.Range(0, (int)size).Select(i => (long)i)])])], ("axis", axis));
        Seq<long> order = [.. Enumerable.Range(0, type.Rank + 1).Select(i => (long)i).Where(i => i != axis + 1), axis + 1];
        chain.Name(chain.Add("Transpose", [windows], ("perm", order)), node.Outputs[0]);
    }
}
