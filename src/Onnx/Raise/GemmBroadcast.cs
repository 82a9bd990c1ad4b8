namespace Lathe.Onnx;

/// <summary>Gemm up to opset 6: broadcasting of the summand is asked for; it is always allowed now.</summary>
internal sealed class GemmBroadcast : Raise
{
    public override Seq<string> Operators => ["Gemm"];
    public override long Last => 6;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope) => [Newer(node.Without("broadcast"))];
}
