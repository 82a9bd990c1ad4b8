namespace Lathe.Onnx;

/// <summary>CausalConvWithState as the depthwise convolution of what came before and now, and the end of both as the next state.</summary>
internal sealed class CausalConvParts : Raise
{
    public override Seq<string> Operators => ["CausalConvWithState"];

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var chain = new Chain(node.Outputs.First(o => o != ""), scope);
        var (x, weight, bias, past) = (node.Input(0), scope.Type(node.Input(1)), node.Input(2), node.Input(3));
        if (weight.Rank != 3 || weight.Shape[0] is not Number { Integer: var channels } || weight.Shape[2] is not Number { Integer: var taps }) throw new TypeException($"the filters must be [channels, 1, taps] and known when compiling, they are {weight}");
        if (node.String("activation", "none") is var activation && activation is not ("none" or "silu" or "swish")) throw new TypeException($"activation must be none, silu or swish, it is {activation}");

        var all = past == "" ? chain.Add("Pad", [x, chain.Wholes(0, 0, taps - 1, 0, 0, 0)]) : chain.Add("Concat", [past, x], ("axis", 2L));
        var result = chain.Add("Conv", bias == "" ? [all, node.Input(1)] : [all, node.Input(1), bias], ("group", channels));
        chain.Name(activation == "none" ? result : chain.Add("Swish", [result]), node.Outputs[0]);
        if (node.Outputs.Count > 1) chain.Name(chain.Add("Slice", [all, chain.Wholes(1 - taps), chain.Wholes(taps == 1 ? 0 : long.MaxValue), chain.Wholes(2)]), node.Outputs[1]);
        return chain.Nodes;
    }
}
