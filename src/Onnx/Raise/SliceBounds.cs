namespace Lathe.Onnx;

/// <summary>Slice up to opset 9: starts, ends and axes are attributes.</summary>
internal sealed class SliceBounds : AttributeToOperand
{
    public override Seq<string> Operators => ["Slice"];
    public override long Last => 9;
    protected override Seq<(string Attribute, int Place)> Moves => [("starts", 1), ("ends", 2), ("axes", 3)];
}
