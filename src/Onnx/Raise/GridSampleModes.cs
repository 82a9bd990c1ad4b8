namespace Lathe.Onnx;

/// <summary>GridSample up to opset 19: the modes are named for images: bilinear, bicubic.</summary>
internal sealed class GridSampleModes : Raise
{
    public override Seq<string> Operators => ["GridSample"];
    public override long Last => 19;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope) =>
        [Newer(node.With("mode", node.String("mode", "bilinear") switch { "bilinear" => "linear", "bicubic" => "cubic", var other => other }))];
}
