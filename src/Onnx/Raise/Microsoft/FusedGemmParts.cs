namespace Lathe.Onnx;

/// <summary>Gemm and a function of it.</summary>
internal sealed class FusedGemmParts() : MicrosoftForm("FusedGemm")
{
    private static readonly Seq<string> Numbers = ["activation_alpha", "activation_beta", "activation_gamma"];

    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var product = chain.Add(node.Without([.. Numbers, "activation"]) with { OpType = "Gemm", Domain = "", Opset = Opsets.Newest });
        chain.Name(FusedActivation.Of(chain, product, node.String("activation", ""), [.. Numbers.Where(node.Has).Select(n => node.Float(n, 0))], scope.Type(node.Input(0)).Scalar), node.Outputs[0]);
    }
}
