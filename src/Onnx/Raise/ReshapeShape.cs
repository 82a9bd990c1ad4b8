namespace Lathe.Onnx;

/// <summary>Reshape up to opset 4: shape is an attribute.</summary>
internal sealed class ReshapeShape : AttributeToOperand
{
    public override Seq<string> Operators => ["Reshape"];
    public override long Last => 4;
    protected override Seq<(string Attribute, int Place)> Moves => [("shape", 1)];
}
