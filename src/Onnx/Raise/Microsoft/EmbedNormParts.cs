namespace Lathe.Onnx;

/// <summary>The sum of word, position and segment embeddings, normalized.</summary>
/// <remarks>
/// Operands: word ids and segment ids [batch, sequence]; word, position and segment embeddings; gamma, beta; optionally a mask and position ids.
/// Results: y [batch, sequence, numbers]; how many places of each batch the mask keeps; the sum.
/// </remarks>
internal sealed class EmbedNormParts() : MicrosoftForm("EmbedLayerNormalization")
{
    private const double Epsilon = 1e-12;

    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var (ids, segments, mask) = (node.Input(0), node.Input(1), node.Input(7));
        var places = node.Input(8) != "" ? chain.Add("Gather", [node.Input(3), node.Input(8)])
            : chain.Add("Slice", [node.Input(3), chain.Wholes(0), chain.Add("Shape", [ids], ("start", 1L), ("end", 2L)), chain.Wholes(0)]);
        var sum = chain.Add("Add", [chain.Add("Gather", [node.Input(2), ids]), places]);
        if (segments != "") sum = chain.Add("Add", [sum, chain.Add("Gather", [node.Input(4), segments])]);
        chain.Name(chain.Add("LayerNormalization", Present([sum, node.Input(5), node.Input(6)]), ("epsilon", node.Float("epsilon", Epsilon))), node.Outputs[0]);
        if (Result(node, 1) != "")
        {
            var counted = mask != "" ? mask : chain.Add("Mul", [ids, chain.Number(Scalar.I32, 0)]);
            chain.Name(chain.Add("ReduceSum", [counted, chain.Wholes(1)], ("keepdims", 0L)), Result(node, 1));
        }
        chain.Name(sum, Result(node, 2));
    }
}
