namespace Lathe.Runtime.Hosting.Operators;

/// <summary>The tensors of a sequence side by side, along an axis or along a new one. ONNX ConcatFromSequence, opset 11.</summary>
internal sealed class ConcatFromSequence : HostOperator
{
    public override IReadOnlyList<string> Operators => ["ConcatFromSequence"];
    public override string Carries => "sequences";

    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x)
    {
        if (Items(x, 0) is not { Dims: { } dims } item) return [Items(x, 0)];
        var isNew = node.Int("new_axis", 0) != 0;
        var axis = HostArray.Axis(node.Int("axis", 0), dims.Length + (isNew ? 1 : 0));
        return [item with { Dims = isNew ? dims.Insert(axis, HostType.Open) : dims.SetItem(axis, HostType.Open) }];
    }

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x)
    {
        var (items, axis) = (Sequence(x, 0).Items, node.Int("axis", 0));
        if (items.Length == 0) throw new HostException("the sequence is empty");
        return [node.Int("new_axis", 0) != 0 ? HostArray.Stack(items, axis) : HostArray.Concat(items, axis)];
    }
}
