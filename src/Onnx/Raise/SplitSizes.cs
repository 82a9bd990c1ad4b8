namespace Lathe.Onnx;

/// <summary>Split up to opset 12: the sizes are an attribute.</summary>
internal sealed class SplitSizes : AttributeToOperand
{
    public override Seq<string> Operators => ["Split"];
    public override long Last => 12;
    protected override Seq<(string Attribute, int Place)> Moves => [("split", 1)];
}
