namespace Lathe.Onnx.Host;

/// <summary>Values of single turns of a loop as one tensor.</summary>
internal static class HostStack
{
    /// <param name="axis">The new axis.</param>
    public static HostValue Of(List<HostValue> turns, long axis, HostScope scope)
    {
        if (turns.Count == 0) throw new TypeException("a loop without a turn has nothing to stack");
        var rows = turns.Select(turn => scope.Step(OnnxNode.Of("Unsqueeze", ["x", "axis"], ["y"]), turn, new HostTensor(Tensor.Of([1], axis))).First()).ToList();
        return scope.Step(OnnxNode.Of("Concat", [.. rows.Select((_, i) => $"x{i}")], ["y"], ("axis", axis)), [.. rows]).First();
    }
}
