namespace Lathe.Onnx;

/// <summary>Upsample up to opset 6: a scale for rows and one for columns of an image.</summary>
internal sealed class UpsampleSides : Raise
{
    public override Seq<string> Operators => ["Upsample"];
    public override long Last => 6;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope) =>
        [Newer(node.Without("height_scale", "width_scale").With("scales", new[] { 1f, 1f, Scale(node, "height_scale"), Scale(node, "width_scale") }))];

    private static float Scale(OnnxNode node, string side) => node.Has(side) ? (float)node.Float(side, 1) : throw new TypeException($"{side} is missing");
}
