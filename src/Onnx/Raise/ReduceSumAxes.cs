namespace Lathe.Onnx;

/// <summary>ReduceSum up to opset 12: axes is an attribute.</summary>
internal sealed class ReduceSumAxes : AttributeToOperand
{
    public override Seq<string> Operators => ["ReduceSum"];
    public override long Last => 12;
    protected override Seq<(string Attribute, int Place)> Moves => [("axes", 1)];
}
