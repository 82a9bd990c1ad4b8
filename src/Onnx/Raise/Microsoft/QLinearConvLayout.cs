namespace Lathe.Onnx;

/// <summary>com.microsoft's QLinearConv, which may have the image's channels last.</summary>
internal sealed class QLinearConvLayout() : MicrosoftForm("QLinearConv")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var (rank, last) = (scope.Type(node.Input(0)).Rank, node.Int("channels_last", 0) != 0);
        var inner = node.Without("channels_last") with { Domain = "", Opset = Opsets.Newest };
        if (last) inner = inner.WithInput(0, ImageLayout.ChannelsFirst(chain, node.Input(0), rank));
        var y = chain.Add(inner);
        chain.Name(last ? ImageLayout.ChannelsLast(chain, y, rank) : y, node.Outputs[0]);
    }
}
