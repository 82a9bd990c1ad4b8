namespace Lathe.Onnx;

/// <summary>Concat up to opset 3: axis is 1 where it is not given.</summary>
internal sealed class ConcatAxis : Raise
{
    public override Seq<string> Operators => ["Concat"];
    public override long Last => 3;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope) => [Newer(node.With("axis", node.Int("axis", 1)))];
}
