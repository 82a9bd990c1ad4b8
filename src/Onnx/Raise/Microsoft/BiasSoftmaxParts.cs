namespace Lathe.Onnx;

/// <summary>BiasSoftmax: the softmax of a sum over an axis and all behind it, as opset 11 has it.</summary>
/// <remarks>Operands: x; a bias, which repeats over the first axes, or with is_inner_broadcast over those just before the axis.</remarks>
internal sealed class BiasSoftmaxParts() : MicrosoftForm("BiasSoftmax")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var (x, bias) = (scope.Type(node.Input(0)), scope.Type(node.Input(1)));
        if (node.Int("is_inner_broadcast", 0) != 0 && bias.Rank != x.Rank) throw new TypeException($"a bias that repeats inside must have the axes of {x}, it is {bias}");
        var sum = chain.Add("Add", [node.Input(0), node.Input(1)]);
        chain.Result(OnnxNode.Of("Softmax", [sum], [node.Outputs[0]], ("axis", node.Int("axis", 1))) with { Opset = 11 });
    }
}
