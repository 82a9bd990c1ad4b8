namespace Lathe.Onnx;

/// <summary>PRelu up to opset 6: slope is one number, or one for each channel.</summary>
internal sealed class ChannelSlope : Raise
{
    public override Seq<string> Operators => ["PRelu"];
    public override long Last => 6;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var behind = scope.Type(node.Input(0)).Rank - 2;
        if (behind <= 0 || scope.Type(node.Input(1)).Shape is not [not Number { Integer: 1 }]) return [Newer(node)];
        var slope = scope.Fresh($"{node.Outputs[0]}.slope");
        return [OnnxNode.Of("Unsqueeze", [node.Input(1), scope.Wholes($"{slope}.axes", [.. Enumerable.Range(1, behind).Select(i => (long)i)])], [slope]), Newer(node).WithInput(1, slope)];
    }
}
