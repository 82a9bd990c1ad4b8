namespace Lathe.Onnx;

/// <summary>GroupQueryAttention of com.microsoft: rotary positions, a cache that is written at each batch's own place, and ONNX's Attention with a mask that says which of it counts.</summary>
/// <remarks>
/// Operands: queries, or with keys and values side by side; keys; values; past keys and values [batch, kv heads, places, numbers]; each batch's last
/// place; the largest number of places; cosines and sines; position ids; what is added to scores; a score for each head that only takes part in the
/// softmax's sum; scales of quantized caches; factors of normalized queries and keys. Results: y; present keys and values. What a present cache holds behind a batch's last place is 0 or as in the past.
/// </remarks>
internal sealed class GroupQueryAttentionParts() : MicrosoftForm("GroupQueryAttention")
{
    private static readonly Seq<(string Attribute, long Only)> Unread = [("qk_output", 0), ("sliding_window_cache", 0)];

    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        foreach (var (attribute, only) in Unread)
            if (node.Int(attribute, only) != only) throw new TypeException($"{attribute} must be {only}, it is {node.Int(attribute, only)}");
        var (count, shared) = (node.Int("num_heads", 0), node.Int("kv_num_heads", 0));
        var heads = new Heads(node, scope, chain, scope.Type(node.Input(0)).Scalar);
        var (queries, keys, values) = node.Input(1) != "" ? (node.Input(0), node.Input(1), node.Input(2)) : Apart(node, scope, chain, count, shared);
        var (q, k, v) = (heads.Apart(queries, count), heads.Apart(keys, shared), heads.Apart(values, shared));

        string Normed(string value, int weight) => node.Input(weight) == "" ? value : chain.Add("RMSNormalization", [value, node.Input(weight)], ("epsilon", node.Float("qk_norm_epsilon", 1e-6)));
        (q, k) = (Normed(q, 14), Normed(k, 15));

        // A batch's new keys stand behind those of its past: its last place less the new ones; a first run has no past.
        var places = chain.Add("Add", [chain.Add("Reshape", [Whole(chain, node.Input(5)), chain.Wholes(-1)]), chain.Number(Scalar.I64, 1)]);
        var before = chain.Add("Max", [chain.Add("Sub", [places, heads.Length(node.Input(0), 1)]), chain.Number(Scalar.I64, 0)]);
        if (node.Int("do_rotary", 0) != 0)
        {
            var ids = node.Input(9) != "" ? node.Input(9) : chain.Add("Add", [chain.Add("Unsqueeze", [before, chain.Wholes(1)]), heads.Places(heads.Length(node.Input(0), 1))]);
            string Turned(string value) => chain.Add("RotaryEmbedding", [value, node.Input(7), node.Input(8), ids], ("interleaved", node.Int("rotary_interleaved", 0)), ("rotary_embedding_dim", 2 * Pairs(scope, node.Input(7))));
            (q, k) = (Turned(q), Turned(k));
        }
        (k, v) = (Kept(node, scope, chain, heads, 0, k, before), Kept(node, scope, chain, heads, 1, v, before));

        var added = Mask(node, scope, chain, heads, k, before, places);
        if (node.Input(11) != "" || node.Int("smooth_softmax", 0) != 0) (k, v, added) = Sunk(node, chain, heads, scope.Type(node.Input(0)).Scalar, count, k, v, added);
        chain.Name(heads.Attend([q, k, v, added], causal: false, node.Float("softcap", 0)).Result, node.Outputs[0]);
    }

    /// <summary>Queries, keys and values that lie side by side along the last axis.</summary>
    private static (string, string, string) Apart(OnnxNode node, RaiseScope scope, Chain chain, long count, long shared)
    {
        var type = scope.Type(node.Input(0));
        if (type.Shape[^1] is not Number { Integer: var all } || count + 2 * shared <= 0 || all % (count + 2 * shared) != 0) throw new TypeException($"the last axis of {type} must be known when compiling and hold {count} heads of queries and twice {shared} of keys and values");
        var size = all / (count + 2 * shared);
        var parts = chain.Many("Split", [node.Input(0), chain.Wholes(count * size, shared * size, shared * size)], 3, ("axis", -1L));
        return (parts[0], parts[1], parts[2]);
    }

    private static long Pairs(RaiseScope scope, string cosines) => scope.Type(cosines).Shape[^1] is Number { Integer: var pairs } ? pairs : throw new TypeException($"the last axis of {scope.Type(cosines)} must be known when compiling");

    private static string Whole(Chain chain, string value) => chain.Add("Cast", [value], ("to", (long)ElementKinds.Number(Scalar.I64)));

    /// <summary>New keys or values with those of the past, as they are from now on; where the cache is quantized, what it gives back.</summary>
    /// <param name="side">0 for keys, 1 for values.</param>
    private static string Kept(OnnxNode node, RaiseScope scope, Chain chain, Heads heads, int side, string now, string before)
    {
        var (past, how) = (node.Input(3 + side), node.String(side == 0 ? "k_quant_type" : "v_quant_type", "NONE"));
        if (how == "NONE")
        {
            if (past != "") now = Cached(node, chain, heads, past, now, before);
            chain.Name(now, Result(node, 1 + side));
            return now;
        }
        if (past == "" || how is not ("PER_TENSOR" or "PER_CHANNEL")) throw new TypeException($"a cache quantized as {how} must be PER_TENSOR or PER_CHANNEL, and be given");
        var cache = new QuantizedCache(chain, scope.Type(past), node.Input(12 + side), node.Int("kv_cache_bit_width", 8), scope.Type(node.Input(0)).Scalar);
        var kept = Cached(node, chain, heads, past, cache.Quantized(now), before);
        chain.Name(kept, Result(node, 1 + side));
        return cache.Read(kept);
    }

    /// <summary>The cache with new rows in it; longer than before where the whole sequence is.</summary>
    private static string Cached(OnnxNode node, Chain chain, Heads heads, string past, string now, string before)
    {
        var total = chain.Add("Reshape", [Whole(chain, node.Input(6)), chain.Wholes(1)]);
        var missing = chain.Add("Max", [chain.Add("Sub", [total, heads.Length(past, 2)]), chain.Wholes(0)]);
        var room = chain.Add("Pad", [past, chain.Add("Concat", [chain.Wholes(0, 0, 0, 0, 0, 0), missing, chain.Wholes(0)], ("axis", 0L))]);
        return chain.Add("TensorScatter", [room, now, before], ("axis", 2L));
    }

    /// <summary>What is added to scores [batch, heads, sequence, places]: -∞ for places that a query does not see.</summary>
    private static string Mask(OnnxNode node, RaiseScope scope, Chain chain, Heads heads, string keys, string before, string places)
    {
        var (kind, window) = (scope.Type(node.Input(0)).Scalar, node.Int("local_window_size", -1));
        var (all, length) = (heads.Places(heads.Length(keys, 2)), heads.Length(node.Input(0), 1));
        string seen;
        if (node.Int("causal", 1) == 0) seen = chain.Add("Less", [all, heads.PerBatch(places)]);
        else
        {
            var own = chain.Add("Add", [heads.PerBatch(before), chain.Add("Unsqueeze", [heads.Places(length), chain.Wholes(1)])]);
            seen = chain.Add("LessOrEqual", [all, own]);
            // A window counts the query's own place.
            if (window > 0) seen = chain.Add("And", [seen, chain.Add("GreaterOrEqual", [all, chain.Add("Sub", [own, chain.Number(Scalar.I64, window - 1)])])]);
        }
        var added = chain.Number(kind, 0);
        if (node.Input(10) is not "" and var bias)
        {
            var missing = chain.Add("Max", [chain.Add("Sub", [heads.Length(keys, 2), heads.Length(bias, 3)]), chain.Wholes(0)]);
            added = chain.Add("Pad", [bias, chain.Add("Concat", [chain.Wholes(0, 0, 0, 0, 0, 0, 0), missing], ("axis", 0L))]);
        }
        return chain.Add("Where", [seen, added, chain.Number(kind, double.NegativeInfinity)]);
    }

    /// <summary>A key of zeros more, whose score is the head's own, and whose value is 0: it is part of the softmax's sum and of nothing else.</summary>
    private static (string Keys, string Values, string Added) Sunk(OnnxNode node, Chain chain, Heads heads, Scalar kind, long count, string keys, string values, string added)
    {
        string Longer(string rows) => chain.Add("Pad", [rows, chain.Wholes(0, 0, 0, 0, 0, 0, 1, 0)]);
        var score = node.Input(11) != "" ? chain.Add("Reshape", [node.Input(11), chain.Wholes(1, -1, 1, 1)]) : chain.Number(kind, 0);
        var each = chain.Add("Concat", [heads.Length(node.Input(0), 0), chain.Wholes(count), heads.Length(node.Input(0), 1)], ("axis", 0L));
        string Wide(string value, string columns) => chain.Add("Expand", [value, chain.Add("Concat", [each, columns], ("axis", 0L))]);
        return (Longer(keys), Longer(values), chain.Add("Concat", [Wide(added, heads.Length(keys, 2)), Wide(score, chain.Wholes(1))], ("axis", 3L)));
    }
}
