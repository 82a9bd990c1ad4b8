namespace Lathe.Onnx;

/// <summary>com.microsoft's RotaryEmbedding: position ids stand second, and one number for all batches means the place of the first.</summary>
internal sealed class RotaryParts() : MicrosoftForm("RotaryEmbedding")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        if (node.Int("is_packed_batching", 0) != 0) throw new TypeException("is_packed_batching is not 0: batches without padding have no shape of their own");
        var (x, cosines, turned) = (scope.Type(node.Input(0)), scope.Type(node.Input(2)), node.Int("rotary_embedding_dim", 0));
        var heads = node.Int("num_heads", 0);
        if (x.Rank == 3 && heads == 0)
        {
            if (x.Shape[^1] is not Number { Integer: var all } || cosines.Shape[^1] is not Number { Integer: > 0 and var pairs }) throw new TypeException($"num_heads is not given, and {x} and {cosines} do not tell it");
            heads = all / (2 * pairs);
        }
        var places = Positions(chain, node.Input(0), scope.Type(node.Input(1)).Shape is [Number { Integer: 1 }] ? node.Input(1) : "", x.Rank);
        var result = chain.Add("RotaryEmbedding", [node.Input(0), node.Input(2), node.Input(3), places == "" ? node.Input(1) : places],
            ("interleaved", node.Int("interleaved", 0)), ("num_heads", heads), ("rotary_embedding_dim", turned));
        if (node.Float("scale", 1) is not 1 and var scale) result = chain.Add("Mul", [result, chain.Number(x.Scalar, scale)]);
        chain.Name(result, node.Outputs[0]);
    }

    /// <summary>The places of a sequence, [batch, sequence], from the first one on; empty where they are given.</summary>
    private static string Positions(Chain chain, string x, string first, int rank)
    {
        if (first == "") return "";
        string Length(int axis) => chain.Add("Shape", [x], ("start", (long)axis), ("end", axis + 1L));
        var row = chain.Add("Add", [chain.Add("Range", [chain.Number(Scalar.I64, 0), chain.Add("Squeeze", [Length(rank - 2)]), chain.Number(Scalar.I64, 1)]), first]);
        return chain.Add("Expand", [row, chain.Add("Concat", [Length(0), chain.Wholes(1)], ("axis", 0L))]);
    }
}
