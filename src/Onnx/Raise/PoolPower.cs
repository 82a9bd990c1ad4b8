namespace Lathe.Onnx;

/// <summary>LpPool and GlobalLpPool of opset 1: the power is a real number.</summary>
internal sealed class PoolPower : Raise
{
    public override Seq<string> Operators => ["GlobalLpPool", "LpPool"];
    public override long Last => 1;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope) =>
        [Newer(node.With("p", node.Float("p", 2) is var p && p == Math.Floor(p) ? (long)p : throw new TypeException($"p must be whole, it is {p}")))];
}
