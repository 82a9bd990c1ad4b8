namespace Lathe.Onnx;

/// <summary>Split of opsets 13 to 17: without sizes there are as many equal parts as the node has results.</summary>
internal sealed class SplitEqually : Raise
{
    public override Seq<string> Operators => ["Split"];
    public override long First => 13;
    public override long Last => 17;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope) =>
        [node.Input(1) == "" ? Newer(node).With("num_outputs", (long)node.Outputs.Count) : Newer(node)];
}
