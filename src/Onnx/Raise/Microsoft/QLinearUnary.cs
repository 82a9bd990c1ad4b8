namespace Lathe.Onnx;

/// <summary>Functions of a quantized tensor, and its means.</summary>
/// <remarks>Operands: x, its scale and zero point; scale and zero point of the result. channels_last of the pools says where an image's channels are.</remarks>
internal sealed class QLinearUnary() : QLinearForm("QLinearAveragePool", "QLinearGlobalAveragePool", "QLinearLeakyRelu", "QLinearReduceMean", "QLinearSigmoid", "QLinearSoftmax")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var type = scope.Type(node.Input(0));
        var (x, last) = (Read(chain, node, 0), node.Int("channels_last", 0) != 0);
        if (last) x = ImageLayout.ChannelsFirst(chain, x, type.Rank);
        // QLinearSoftmax says which opset's Softmax it means; the means take their axes from an attribute, as before opset 18.
        var opset = node.OpType switch { "QLinearSoftmax" => node.Int("opset", 13), "QLinearReduceMean" => 13, _ => Opsets.Newest };
        var y = chain.Add(node.Without("channels_last", "opset") with { OpType = node.OpType["QLinear".Length..], Domain = "", Opset = opset, Inputs = [x] });
        Write(chain, node, last ? ImageLayout.ChannelsLast(chain, y, type.Rank) : y, 3, type.Scalar);
    }
}
