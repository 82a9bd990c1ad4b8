namespace Lathe.Onnx;

/// <summary>CDist: the distance of each row of one matrix to each row of another.</summary>
internal sealed class Distances() : MicrosoftForm("CDist")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var difference = chain.Add("Sub", [chain.Add("Unsqueeze", [node.Input(0), chain.Wholes(1)]), chain.Add("Unsqueeze", [node.Input(1), chain.Wholes(0)])]);
        var squares = chain.Add("ReduceSumSquare", [difference, chain.Wholes(2)], ("keepdims", 0L));
        chain.Name(node.String("metric", "sqeuclidean") switch
        {
            "sqeuclidean" => squares,
            "euclidean" => chain.Add("Sqrt", [squares]),
            var other => throw new TypeException($"metric must be euclidean or sqeuclidean, it is {other}"),
        }, node.Outputs[0]);
    }
}
