namespace Lathe.Onnx.Host;

/// <summary>The tensors of a sequence side by side, along an axis or along a new one. ONNX ConcatFromSequence, opset 11.</summary>
internal sealed class ConcatFromSequence : HostOp
{
    public override Seq<string> Operators => ["ConcatFromSequence"];
    public override string Carries => "sequences";

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope)
    {
        var (items, axis) = (Sequence(x, 0).Items, node.Int("axis", 0));
        if (items.Count == 0) throw new TypeException("the sequence is empty");
        if (node.Int("new_axis", 0) != 0) items = [.. items.Select(item => scope.Step(OnnxNode.Of("Unsqueeze", ["x", "axis"], ["y"]), item, new HostTensor(Tensor.Of([1], axis))).First())];
        return scope.Step(OnnxNode.Of("Concat", [.. items.Select((_, i) => $"x{i}")], ["y"], ("axis", axis)), [.. items]);
    }
}
