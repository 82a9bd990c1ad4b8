namespace Lathe.Onnx;

/// <summary>Quantized tensors side by side, each with its own scale and zero point.</summary>
/// <remarks>Operands: scale and zero point of the result; then for each tensor itself, its scale, its zero point.</remarks>
internal sealed class QLinearConcatParts() : QLinearForm("QLinearConcat")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        if (node.Inputs.Count < 5 || node.Inputs.Count % 3 != 2) throw new TypeException($"{node.Inputs.Count} operands are not a scale, a zero point and triples of tensor, scale and zero point");
        Seq<string> parts = [.. Enumerable.Range(0, node.Inputs.Count / 3).Select(i => Read(chain, node, 2 + 3 * i))];
        Write(chain, node, chain.Add("Concat", parts, ("axis", node.Int("axis", 0))), 0, scope.Type(node.Input(2)).Scalar);
    }
}
