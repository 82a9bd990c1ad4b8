namespace Lathe.Onnx;

/// <summary>CausalConvWithState as the depthwise convolution of what came before and now, and the end of both as the next state.</summary>
internal sealed class CausalConvParts : Raise
{
    public override Seq<string> Operators => ["CausalConvWithState"];

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var chain = new Chain(node.Outputs.First(o => o != ""), scope);
        var (x, weight, bias, past) = (node.Input(0), scope.Type(node.Input(1)), node.Input(2), node.Input(3));
        if (weight.Rank != 3 || scope.Type(x).Rank != 3) throw new TypeException($"x must be [batch, channels, length] and the filters [channels, 1, taps], they are {scope.Type(x)} and {weight}");
        if (node.String("activation", "none") is var activation && activation is not ("none" or "silu" or "swish")) throw new TypeException($"activation must be none, silu or swish, it is {activation}");

        var before = chain.Add("Sub", [Length(chain, node.Input(1)), chain.Wholes(1)]);
        var all = past == "" ? chain.Add("Pad", [x, chain.Add("Concat", [chain.Wholes(0, 0), before, chain.Wholes(0, 0, 0)], ("axis", 0L))]) : chain.Add("Concat", [past, x], ("axis", 2L));
        var result = weight.Shape[0] is Number { Integer: var channels } ? chain.Add("Conv", bias == "" ? [all, node.Input(1)] : [all, node.Input(1), bias], ("group", channels)) : Windows(chain, all, x, node.Input(1), bias);
        chain.Name(activation == "none" ? result : chain.Add("Swish", [result]), node.Outputs[0]);
        if (node.Outputs.Count > 1) chain.Name(chain.Add("Slice", [all, chain.Add("Sub", [Length(chain, all), before]), chain.Wholes(long.MaxValue), chain.Wholes(2)]), node.Outputs[1]);
        return chain.Nodes;
    }

    private static string Length(Chain chain, string value) => chain.Add("Shape", [value], ("start", 2L), ("end", 3L));

    /// <summary>The same where the number of channels, which a convolution has as an attribute, is open: every place's window times the filters.</summary>
    private static string Windows(Chain chain, string all, string x, string filters, string bias)
    {
        string Places(string of) => chain.Add("Range", [chain.Wholes(0), Length(chain, of), chain.Wholes(1)]);
        var windows = chain.Add("Gather", [all, chain.Add("Add", [chain.Add("Unsqueeze", [Places(x), chain.Wholes(1)]), Places(filters)])], ("axis", 2L));
        var sum = chain.Add("Einsum", [windows, chain.Add("Squeeze", [filters, chain.Wholes(1)])], ("equation", "bctk,ck->bct"));
        return bias == "" ? sum : chain.Add("Add", [sum, chain.Add("Unsqueeze", [bias, chain.Wholes(1)])]);
    }
}
