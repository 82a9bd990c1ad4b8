namespace Lathe.Onnx;

/// <summary>SimplifiedLayerNormalization, which ONNX Runtime writes in the standard domain too: RMSNormalization, and 1 over the roots of the means as a second result.</summary>
internal sealed class SimplifiedNorm : Raise
{
    private const double Epsilon = 1e-5f;

    public override Seq<string> Operators => ["SimplifiedLayerNormalization"];
    public override Seq<string> Domains => ["", "com.microsoft"];

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var chain = new Chain(node.Outputs.First(o => o != ""), scope);
        if (node.Outputs[0] != "") chain.Name(chain.Add(node with { OpType = "RMSNormalization", Domain = "", Opset = Opsets.Newest }), node.Outputs[0]);
        if (node.Outputs.Count > 1 && node.Outputs[1] != "")
        {
            var x = scope.Type(node.Input(0));
            var axis = node.Int("axis", -1) is >= 0 and var fromStart ? fromStart - x.Rank : node.Int("axis", -1);
            chain.Name(RootMeanSquare.Inverse(chain, node.Input(0), x.Scalar, axis, node.Float("epsilon", Epsilon)), node.Outputs[1]);
        }
        return chain.Nodes;
    }
}
