namespace Lathe.Onnx;

/// <summary>Clip up to opset 10: min and max are attributes.</summary>
internal sealed class ClipBounds : Raise
{
    public override Seq<string> Operators => ["Clip"];
    public override long Last => 10;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var newer = Newer(node.Without("min", "max"));
        foreach (var (bound, place) in new[] { ("min", 1), ("max", 2) })
            if (node.Has(bound)) newer = newer.WithInput(place, scope.Number($"{node.Outputs[0]}.{bound}", scope.Type(node.Input(0)).Scalar, node.Float(bound, 0)));
        yield return newer;
    }
}
