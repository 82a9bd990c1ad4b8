namespace Lathe.Onnx;

/// <summary>Selu up to opset 5: alpha and gamma are rounded to four digits where they are not given.</summary>
internal sealed class SeluConstants : Raise
{
    public override Seq<string> Operators => ["Selu"];
    public override long Last => 5;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope) => [Newer(node.With("alpha", node.Float("alpha", 1.6732)).With("gamma", node.Float("gamma", 1.0507)))];
}
