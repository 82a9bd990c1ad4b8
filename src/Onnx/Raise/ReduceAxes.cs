namespace Lathe.Onnx;

/// <summary>Reductions other than ReduceSum up to opset 17: axes is an attribute.</summary>
internal sealed class ReduceAxes : AttributeToOperand
{
    public override Seq<string> Operators => ["ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSumSquare"];
    public override long Last => 17;
    protected override Seq<(string Attribute, int Place)> Moves => [("axes", 1)];
}
