namespace Lathe.Onnx;

/// <summary>The sum of x, a skip connection and a bias, normalized: by LayerNormalization, or by RMSNormalization (Simplified).</summary>
/// <remarks>Results: y; the means; 1 over the standard deviations; the sum.</remarks>
internal sealed class SkipNormParts() : MicrosoftForm("SkipLayerNormalization", "SkipSimplifiedLayerNormalization")
{
    private const double Epsilon = 1e-12;

    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var simple = node.OpType == "SkipSimplifiedLayerNormalization";
        var (beta, bias, epsilon) = (simple ? "" : node.Input(3), node.Input(simple ? 3 : 4), node.Float("epsilon", Epsilon));
        var sum = chain.Add("Add", [node.Input(0), node.Input(1)]);
        if (bias != "") sum = chain.Add("Add", [sum, bias]);
        if (simple)
        {
            chain.Name(chain.Add("RMSNormalization", [sum, node.Input(2)], ("epsilon", epsilon)), node.Outputs[0]);
            if (Result(node, 1) != "") chain.Name(chain.Add("ReduceMean", [sum, chain.Wholes(-1)]), Result(node, 1));
            if (Result(node, 2) != "") chain.Name(RootMeanSquare.Inverse(chain, sum, scope.Type(node.Input(0)).Scalar, -1, epsilon), Result(node, 2));
        }
        else
        {
            var made = chain.Many("LayerNormalization", Present([sum, node.Input(2), beta]), 3, ("epsilon", epsilon));
            for (var i = 0; i < made.Count; i++) chain.Name(made[i], Result(node, i));
        }
        chain.Name(sum, Result(node, 3));
    }
}
