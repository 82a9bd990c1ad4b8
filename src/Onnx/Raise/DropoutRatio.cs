namespace Lathe.Onnx;

/// <summary>Dropout up to opset 11: ratio is an attribute. Nothing is dropped when a model runs, so it decides nothing; up to opset 9 the mask is of the kind of the data.</summary>
internal sealed class DropoutRatio : Raise
{
    public override Seq<string> Operators => ["Dropout"];
    public override long Last => 11;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var newer = Newer(node.Without("ratio", "is_test"));
        if (node.Opset > 9 || node.Outputs is not [_, not "" and var mask, ..]) return [newer];
        var truths = scope.Fresh($"{mask}.bool");
        return [newer with { Outputs = [node.Outputs[0], truths] }, OnnxNode.Of("Cast", [truths], [mask], ("to", ElementKinds.Number(scope.Type(node.Input(0)).Scalar)))];
    }
}
