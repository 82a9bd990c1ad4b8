namespace Lathe.Onnx;

/// <summary>Squeeze and Unsqueeze up to opset 12: axes is an attribute.</summary>
internal sealed class SqueezeAxes : AttributeToOperand
{
    public override Seq<string> Operators => ["Squeeze", "Unsqueeze"];
    public override long Last => 12;
    protected override Seq<(string Attribute, int Place)> Moves => [("axes", 1)];
}
