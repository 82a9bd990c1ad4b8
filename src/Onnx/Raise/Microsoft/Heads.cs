namespace Lathe.Onnx;

/// <summary>What com.microsoft's attentions have in common: heads of packed numbers, masks that are added to scores, and ONNX's Attention in their middle.</summary>
/// <param name="kind">Of the scores.</param>
internal sealed class Heads(OnnxNode node, RaiseScope scope, Chain chain, Scalar kind)
{
    /// <summary>What is added to the scores of hidden keys, where the node does not say.</summary>
    private const float Hidden = -10000;

    private double Filter => node.Float("mask_filter_value", Hidden);

    /// <summary>[batch, sequence, heads · numbers] as [batch, heads, sequence, numbers].</summary>
    public string Apart(string packed, long heads)
    {
        if (heads <= 0) throw new TypeException($"the number of heads must be positive, it is {heads}");
        return Turned(chain.Add("Reshape", [packed, chain.Wholes(0, 0, heads, -1)]));
    }

    /// <summary>[batch, sequence, heads, numbers] as [batch, heads, sequence, numbers].</summary>
    public string Turned(string value) => chain.Add("Transpose", [value], ("perm", (Seq<long>)[0, 2, 1, 3]));

    /// <summary>One of several tensors that lie along an axis.</summary>
    public string Part(string value, int number, long axis) => chain.Add("Gather", [value, chain.Number(Scalar.I64, number)], ("axis", axis));

    /// <summary>The extent of an axis, as a vector of one.</summary>
    public string Length(string value, int axis) => chain.Add("Shape", [value], ("start", (long)axis), ("end", axis + 1L));

    /// <summary>Numbers from 0 up to a length given as a vector of one.</summary>
    public string Places(string length) => chain.Add("Range", [chain.Number(Scalar.I64, 0), chain.Add("Squeeze", [length]), chain.Number(Scalar.I64, 1)]);

    /// <summary>A vector over batches as [batch, 1, 1, 1] of i64.</summary>
    public string PerBatch(string value) => chain.Add("Reshape", [chain.Add("Cast", [value], ("to", (long)ElementKinds.Number(Scalar.I64))), chain.Wholes(-1, 1, 1, 1)]);

    /// <summary>A mask as what is added to the scores [batch, heads, sequence, keys].</summary>
    /// <param name="mask">0 for hidden keys, [batch, keys], [batch, sequence, keys] or [batch, 1, most, most]; or the number of keys of each batch, or the ends and then the beginnings of their runs.</param>
    /// <param name="query">The queries, [batch, heads, sequence, numbers].</param>
    /// <param name="keys">How many keys there are, as a vector of one.</param>
    public string Mask(string mask, string query, string keys)
    {
        var type = scope.Type(mask);
        string seen;
        if (type.Rank == 1)
        {
            var batch = scope.Type(node.Input(0)).Shape[0];
            var runs = Linear.ProvesEqual(type.Shape[0], Linear.Simplify(batch * 2)) && !Linear.ProvesEqual(type.Shape[0], batch);
            if (!runs && !Linear.ProvesEqual(type.Shape[0], batch)) throw new TypeException($"a mask {type} for {batch} batches is neither their lengths nor their ends and beginnings");
            var parts = runs ? chain.Many("Split", [mask], 2, ("axis", 0L), ("num_outputs", 2L)) : [mask];
            seen = chain.Add("Less", [Places(keys), PerBatch(parts[0])]);
            if (runs) seen = chain.Add("And", [seen, chain.Add("GreaterOrEqual", [Places(keys), PerBatch(parts[1])])]);
        }
        else
        {
            var all = type.Rank switch
            {
                2 => chain.Add("Unsqueeze", [mask, chain.Wholes(1, 2)]),
                3 => chain.Add("Unsqueeze", [mask, chain.Wholes(1)]),
                4 => Corner(mask, query, keys),
                _ => throw new TypeException($"a mask of {type}"),
            };
            seen = chain.Add("Cast", [all], ("to", (long)ElementKinds.Number(Scalar.Bool)));
        }
        return chain.Add("Where", [seen, chain.Number(kind, 0), chain.Number(kind, Filter)]);
    }

    /// <summary>The rows of the queries and the columns of the keys in a mask for the longest sequence.</summary>
    private string Corner(string mask, string query, string keys) =>
        chain.Add("Slice", [mask, chain.Add("Concat", [chain.Add("Sub", [keys, Length(query, 2)]), chain.Wholes(0)], ("axis", 0L)), chain.Add("Concat", [keys, keys], ("axis", 0L)), chain.Wholes(2, 3)]);

    /// <summary>The sum of what is added to scores; empty where there is nothing.</summary>
    public string Sum(params IEnumerable<string> added) => added.Where(a => a != "").DefaultIfEmpty("").Aggregate((a, b) => chain.Add("Add", [a, b]));

    /// <summary>Attention of heads, [batch, sequence, heads · numbers], and the keys and values with those of the past.</summary>
    public (string Result, string Keys, string Values) Attend(Seq<string> operands, bool causal, double softcap = 0)
    {
        var attributes = new List<(string, object)> { ("is_causal", causal ? 1L : 0L), ("softcap", softcap) };
        if (node.Float("scale", 0) is not 0 and var scale) attributes.Add(("scale", scale));
        var made = chain.Many("Attention", operands, 3, [.. attributes]);
        return (chain.Add("Reshape", [Turned(made[0]), chain.Wholes(0, 0, -1)]), made[1], made[2]);
    }
}
