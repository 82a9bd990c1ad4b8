namespace Lathe.Onnx;

/// <summary>Pad of opset 1: pads is called paddings.</summary>
internal sealed class PadPaddings : Raise
{
    public override Seq<string> Operators => ["Pad"];
    public override long Last => 1;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope) =>
        [Newer(node.Without("paddings").With("pads", node.Ints("paddings") ?? throw new TypeException("paddings is missing")))];
}
