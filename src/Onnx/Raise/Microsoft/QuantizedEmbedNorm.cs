namespace Lathe.Onnx;

/// <summary>QEmbedLayerNormalization: EmbedLayerNormalization whose tables and weights are bytes with a scale and a zero point each.</summary>
/// <remarks>Operands: word and segment ids; five tables and weights; a mask; five scales; five zero points.</remarks>
internal sealed class QuantizedEmbedNorm() : MicrosoftForm("QEmbedLayerNormalization")
{
    private const int Tables = 2, Mask = 7, Scales = 8, Zeros = 13, Count = 5;

    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var wide = Enumerable.Range(0, Count).Select(i => node.Input(Tables + i) == "" ? "" : chain.Add("DequantizeLinear", Present(node.Input(Tables + i), node.Input(Scales + i), node.Input(Zeros + i))));
        chain.Result(node with { OpType = "EmbedLayerNormalization", Inputs = Present([node.Input(0), node.Input(1), .. wide, node.Input(Mask)]) });
    }
}
