namespace Lathe.Onnx;

/// <summary>TopK up to opset 9: k is an attribute.</summary>
internal sealed class TopKCount : Raise
{
    public override Seq<string> Operators => ["TopK"];
    public override long Last => 9;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        if (!node.Has("k")) throw new TypeException("k is missing");
        yield return Newer(node.Without("k")).WithInput(1, scope.Wholes($"{node.Outputs[0]}.k", node.Int("k", 0)));
    }
}
