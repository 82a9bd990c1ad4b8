namespace Lathe.Onnx;

/// <summary>The functions near Gelu, with what is added before them: BiasGelu, FastGelu (by tanh), QuickGelu (by a sigmoid), BiasSplitGelu (one half times Gelu of the other), GemmFastGelu (of a product).</summary>
internal sealed class GeluParts() : MicrosoftForm("BiasGelu", "BiasSplitGelu", "FastGelu", "GemmFastGelu", "QuickGelu")
{
    /// <summary>The steepness with which x·sigmoid(αx) is nearest to Gelu.</summary>
    private const float Nearest = 1.702f;

    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var x = node.Input(0);
        var bias = node.Input(node.OpType == "GemmFastGelu" ? 2 : 1);
        if (node.OpType == "GemmFastGelu") x = chain.Add("MatMul", [x, node.Input(1)]);
        if (bias != "") x = chain.Add("Add", [x, bias]);
        chain.Name(node.OpType switch
        {
            "QuickGelu" => chain.Add("Swish", [x], ("alpha", node.Float("alpha", Nearest))),
            "BiasGelu" => chain.Add("Gelu", [x]),
            "BiasSplitGelu" => chain.Many("Split", [x], 2, ("axis", -1L), ("num_outputs", 2L)) is var halves ? chain.Add("Mul", [halves[0], chain.Add("Gelu", [halves[1]])]) : "",
            _ => chain.Add("Gelu", [x], ("approximate", "tanh")),
        }, node.Outputs[0]);
    }
}
