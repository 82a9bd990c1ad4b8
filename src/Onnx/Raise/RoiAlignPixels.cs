namespace Lathe.Onnx;

/// <summary>RoiAlign up to opset 15: no shift by half a pixel.</summary>
internal sealed class RoiAlignPixels : Raise
{
    public override Seq<string> Operators => ["RoiAlign"];
    public override long Last => 15;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope) => [Newer(node).With("coordinate_transformation_mode", "output_half_pixel")];
}
