namespace Lathe.Onnx;

/// <summary>Operators on images whose channels come last, as ONNX Runtime's layout pass writes them: the standard ones between two transposes.</summary>
internal sealed class ChannelsLast() : MicrosoftForm("NhwcConv", "NhwcFusedConv", "NhwcMaxPool")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var rank = scope.Type(node.Input(0)).Rank;
        var fused = node.OpType == "NhwcFusedConv";
        var inner = node with { OpType = node.OpType["Nhwc".Length..], Domain = fused ? node.Domain : "", Opset = fused ? node.Opset : Opsets.Newest, Inputs = [ImageLayout.ChannelsFirst(chain, node.Input(0), rank), .. node.Inputs.Skip(1)] };
        if (fused && node.Input(3) != "") inner = inner.WithInput(3, ImageLayout.ChannelsFirst(chain, node.Input(3), rank));
        chain.Name(ImageLayout.ChannelsLast(chain, chain.Add(inner), rank), node.Outputs[0]);
    }
}
