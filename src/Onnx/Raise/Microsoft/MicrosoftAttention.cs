namespace Lathe.Onnx;

/// <summary>Attention of com.microsoft: queries, keys and values are one product of the input; QAttention's is a product of whole numbers.</summary>
/// <remarks>
/// Operands of Attention: x [batch, sequence, numbers]; weights [numbers, q + k + v]; optionally bias, mask, past [2, batch, heads, sequence, numbers]
/// and what is added to scores. Of QAttention: x, weights and bias; their scales; mask; their zero points; past. Results: y; present.
/// </remarks>
internal sealed class MicrosoftAttention() : MicrosoftForm("Attention", "QAttention")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        if (node.Int("do_rotary", 0) != 0) throw new TypeException("do_rotary is not 0: the angles are not part of the model; export them as RotaryEmbedding");
        if (node.Int("past_present_share_buffer", 0) != 0) throw new TypeException("past_present_share_buffer is not 0: past and present are two tensors here");
        var (quantized, count) = (node.OpType == "QAttention", node.Int("num_heads", 0));
        var (mask, past, added) = (node.Input(quantized ? 5 : 3), node.Input(quantized ? 8 : 4), quantized ? "" : node.Input(5));
        var heads = new Heads(node, scope, chain, quantized ? Scalar.F32 : scope.Type(node.Input(0)).Scalar);
        var projected = quantized ? IntegerProduct.Scaled(chain, [node.Input(0), node.Input(1), node.Input(6), node.Input(7)], chain.Add("Mul", [node.Input(3), node.Input(4)]), node.Input(2))
            : heads.Sum(chain.Add("MatMul", [node.Input(0), node.Input(1)]), node.Input(2));

        if (scope.Type(node.Input(1)).Shape is not [_, Number { Integer: var all }]) throw new TypeException($"the weights {scope.Type(node.Input(1))} must be a matrix, its columns known when compiling");
        var sizes = node.Ints("qkv_hidden_sizes") is { Count: 3 } given ? given : [all / 3, all / 3, all / 3];
        var parts = chain.Many("Split", [projected, chain.Wholes(sizes)], 3, ("axis", 2L));
        Seq<string> qkv = [.. parts.Select(part => heads.Apart(part, count))];

        var (pastKeys, pastValues) = past == "" ? ("", "") : (heads.Part(past, 0, 0), heads.Part(past, 1, 0));
        var keys = heads.Sum(heads.Length(node.Input(0), 1), past == "" ? "" : heads.Length(past, 3));
        var bias = heads.Sum(mask == "" ? "" : heads.Mask(mask, qkv[0], keys), added);
        var (result, key, value) = heads.Attend(Present([.. qkv, bias, pastKeys, pastValues]), node.Int("unidirectional", 0) != 0);
        chain.Name(result, node.Outputs[0]);
        if (Result(node, 1) != "") chain.Name(chain.Add("Concat", [chain.Add("Unsqueeze", [key, chain.Wholes(0)]), chain.Add("Unsqueeze", [value, chain.Wholes(0)])], ("axis", 0L)), Result(node, 1));
    }
}
