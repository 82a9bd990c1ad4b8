namespace Lathe.Onnx;

/// <summary>Scatter is the first name of ScatterElements.</summary>
internal sealed class ScatterName : Raise
{
    public override Seq<string> Operators => ["Scatter"];

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope) => [node with { OpType = "ScatterElements", Opset = Math.Max(node.Opset, 11) }];
}
