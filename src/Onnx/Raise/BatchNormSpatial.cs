namespace Lathe.Onnx;

/// <summary>BatchNormalization up to opset 8: with spatial=0 every place of a channel has its own statistics; up to opset 6 is_test says what the number of results says.</summary>
internal sealed class BatchNormSpatial : Raise
{
    public override Seq<string> Operators => ["BatchNormalization"];
    public override long Last => 8;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        if (node.Int("spatial", 1) != 0) return [Newer(node.Without("spatial", "is_test"))];
        var (x, y) = (node.Input(0), node.Outputs[0]);
        string Part(string name) => scope.Fresh($"{y}.{name}");
        var (shifted, deviation, root, scaled, weighted) = (Part("shifted"), Part("variance"), Part("deviation"), Part("scaled"), Part("weighted"));
        var epsilon = scope.Number($"{y}.epsilon", scope.Type(node.Input(4)).Scalar, node.Float("epsilon", 1e-5f));
        return
        [
            OnnxNode.Of("Sub", [x, node.Input(3)], [shifted]),
            OnnxNode.Of("Add", [node.Input(4), epsilon], [deviation]),
            OnnxNode.Of("Sqrt", [deviation], [root]),
            OnnxNode.Of("Div", [shifted, root], [scaled]),
            OnnxNode.Of("Mul", [scaled, node.Input(1)], [weighted]),
            OnnxNode.Of("Add", [weighted, node.Input(2)], [y]),
        ];
    }
}
