namespace Lathe.Onnx;

/// <summary>Pad up to opset 10: pads and value are attributes.</summary>
internal sealed class PadAttributes : Raise
{
    public override Seq<string> Operators => ["Pad"];
    public override long First => 2;
    public override long Last => 10;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var pads = node.Ints("pads") ?? throw new TypeException("pads is missing");
        var newer = Newer(node.Without("pads", "value")).WithInput(1, scope.Wholes($"{node.Outputs[0]}.pads", pads));
        if (node.Float("value", 0) is not 0.0 and var value) newer = newer.WithInput(2, scope.Number($"{node.Outputs[0]}.value", scope.Type(node.Input(0)).Scalar, value));
        yield return newer;
    }
}
