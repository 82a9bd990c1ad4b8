namespace Lathe.Onnx;

/// <summary>DFT up to opset 19: axis is an attribute, 1 unless given.</summary>
internal sealed class DftAxis : Raise
{
    public override Seq<string> Operators => ["DFT"];
    public override long Last => 19;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope) =>
        [Newer(node.Without("axis")).WithInput(2, scope.Number($"{node.Outputs[0]}.axis", Scalar.I64, node.Int("axis", 1)))];
}
