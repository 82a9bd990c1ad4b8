namespace Lathe.Onnx;

/// <summary>Upsample up to opset 8: scales is an attribute.</summary>
internal sealed class UpsampleScales : Raise
{
    public override Seq<string> Operators => ["Upsample"];
    public override long First => 7;
    public override long Last => 8;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var scales = node.Floats("scales") ?? throw new TypeException("scales is missing");
        yield return Newer(node.Without("scales")).WithInput(1, scope.Floats($"{node.Outputs[0]}.scales", [.. scales.Select(s => (float)s)]));
    }
}
