namespace Lathe.Onnx;

/// <summary>MultiHeadAttention of com.microsoft as ONNX's Attention.</summary>
/// <remarks>
/// Operands: queries [batch, sequence, heads · numbers], or with keys and values [batch, sequence, heads, 3, numbers]; keys, or with values [batch,
/// sequence, heads, 2, numbers], or heads apart; values; optionally a bias of all three, a mask of keys, what is added to scores, past keys and values.
/// Results: y; present keys and values.
/// </remarks>
internal sealed class MultiHeadAttentionParts() : MicrosoftForm("MultiHeadAttention")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        if (Result(node, 3) != "" || node.Input(8) != "" || node.Input(9) != "") throw new TypeException("scores as a result, shared buffers of past and present, and beams in them are not read");
        var heads = new Heads(node, scope, chain, scope.Type(node.Input(0)).Scalar);
        var (count, query) = (node.Int("num_heads", 0), scope.Type(node.Input(0)));
        var (bias, mask, past) = (node.Input(3), node.Input(4), node.Input(6));

        string q, k, v;
        if (query.Rank == 5) (q, k, v) = (heads.Turned(heads.Part(node.Input(0), 0, 3)), heads.Turned(heads.Part(node.Input(0), 1, 3)), heads.Turned(heads.Part(node.Input(0), 2, 3)));
        else
        {
            var key = scope.Type(node.Input(1));
            Seq<string> biases = ["", "", ""];
            if (bias != "") biases = Biases(chain, bias, query, key.Rank == 3 ? key : query, node.Input(2) != "" && scope.Type(node.Input(2)).Rank == 3 ? scope.Type(node.Input(2)) : query);
            q = heads.Apart(heads.Sum(node.Input(0), biases[0]), count);
            (k, v) = key.Rank switch
            {
                5 => (heads.Turned(heads.Part(node.Input(1), 0, 3)), heads.Turned(heads.Part(node.Input(1), 1, 3))),
                4 => (node.Input(1), node.Input(2)),
                _ => (heads.Apart(heads.Sum(node.Input(1), biases[1]), count), heads.Apart(heads.Sum(node.Input(2), biases[2]), count)),
            };
        }
        var keys = heads.Sum(heads.Length(k, 2), past == "" ? "" : heads.Length(past, 2));
        var added = heads.Sum(mask == "" ? "" : heads.Mask(mask, q, keys), node.Input(5));
        var (result, allKeys, allValues) = heads.Attend(Present(q, k, v, added, past, node.Input(7)), node.Int("unidirectional", 0) != 0);
        chain.Name(result, node.Outputs[0]);
        chain.Name(allKeys, Result(node, 1));
        chain.Name(allValues, Result(node, 2));
    }

    /// <summary>The biases of queries, keys and values, which lie one behind the other.</summary>
    private static Seq<string> Biases(Chain chain, string bias, params Seq<TensorType> types)
    {
        if (!types.All(t => t.Shape[^1] is Number)) throw new TypeException($"the last axes of {string.Join(", ", types)} must be known when compiling");
        return chain.Many("Split", [bias, chain.Wholes([.. types.Select(t => t.Shape[^1].Whole)])], 3, ("axis", 0L));
    }
}
