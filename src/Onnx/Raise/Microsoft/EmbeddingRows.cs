namespace Lathe.Onnx;

/// <summary>TorchEmbedding: rows of a matrix picked by number; its other operands are about training.</summary>
internal sealed class EmbeddingRows() : MicrosoftForm("TorchEmbedding")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain) => chain.Name(chain.Add("Gather", [node.Input(0), node.Input(1)]), node.Outputs[0]);
}
