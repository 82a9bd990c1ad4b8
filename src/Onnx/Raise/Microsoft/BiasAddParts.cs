namespace Lathe.Onnx;

/// <summary>BiasAdd is x + bias + skip; BiasDropout, when a model runs, the sum of x, bias and residual, of which nothing is dropped.</summary>
internal sealed class BiasAddParts() : MicrosoftForm("BiasAdd", "BiasDropout")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var sum = node.Inputs.Take(3).Where(name => name != "").Aggregate((a, b) => chain.Add("Add", [a, b]));
        if (node.OpType == "BiasAdd") chain.Name(sum, node.Outputs[0]);
        else
        {
            var results = chain.Many("Dropout", Present([sum, node.Input(3), node.Input(4)]), 2);
            for (var i = 0; i < results.Count; i++) chain.Name(results[i], Result(node, i));
        }
    }
}
