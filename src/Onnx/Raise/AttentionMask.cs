namespace Lathe.Onnx;

/// <summary>Which keys each query of an attention sees: a given mask, causality, a window, and how many keys of each batch count.</summary>
/// <param name="node">The attention.</param>
/// <param name="key">The keys, [batch, heads, sequence, numbers].</param>
/// <param name="query">The queries, likewise.</param>
internal sealed class AttentionMask(OnnxNode node, RaiseScope scope, Chain chain, string key, string query)
{
    private readonly long before = node.Int("left_window_size", -1);
    private readonly long after = node.Int("right_window_size", -1);
    private readonly bool causal = node.Int("is_causal", 0) != 0;
    private readonly string given = node.Input(3);
    private readonly string counted = node.Input(6);

    /// <summary>Whether some query may see no key at all.</summary>
    public bool MayHideAll => given != "" || counted != "" || before >= 0 || after >= 0;

    /// <summary>Scores with those of hidden keys at -∞.</summary>
    public string Applied(string scores, Scalar kind)
    {
        var seen = new List<string>();
        if (given != "")
        {
            if (scope.Type(given).Scalar == Scalar.Bool) seen.Add(Padded(chain.Number(Scalar.Bool, 0)));
            else scores = chain.Add("Add", [scores, Padded(chain.Number(kind, double.NegativeInfinity))]);
        }
        if (causal || before >= 0 || after >= 0 || counted != "")
        {
            var places = Places(key);
            var perBatch = counted == "" ? "" : chain.Add("Unsqueeze", [counted, chain.Wholes(1, 2, 3)]);
            var own = chain.Add("Unsqueeze", [Places(query), chain.Wholes(1)]);
            // A query stands behind the keys of the past.
            if (node.Input(4) != "") own = chain.Add("Add", [own, Length(node.Input(4))]);
            else if (perBatch != "") own = chain.Add("Add", [own, chain.Add("Sub", [perBatch, Length(query)])]);
            if (causal) seen.Add(chain.Add("LessOrEqual", [places, own]));
            if (before >= 0) seen.Add(chain.Add("GreaterOrEqual", [places, chain.Add("Sub", [own, chain.Number(Scalar.I64, before)])]));
            if (after >= 0) seen.Add(chain.Add("LessOrEqual", [places, chain.Add("Add", [own, chain.Number(Scalar.I64, after)])]));
            if (perBatch != "") seen.Add(chain.Add("Less", [places, perBatch]));
        }
        return seen.Count == 0 ? scores : chain.Add("Where", [seen.Aggregate((a, b) => chain.Add("And", [a, b])), scores, chain.Number(kind, double.NegativeInfinity)]);
    }

    private string Length(string value) => chain.Add("Shape", [value], ("start", 2L), ("end", 3L));

    /// <summary>0, 1, 2… along the sequence of a value.</summary>
    private string Places(string value) => chain.Add("Range", [chain.Wholes(0), Length(value), chain.Wholes(1)]);

    /// <summary>The given mask; one that is shorter than the keys hides the rest.</summary>
    private string Padded(string hidden)
    {
        var last = scope.Type(given).Shape[^1];
        var rank = scope.Type(node.Input(1)).Rank;
        var keys = scope.Type(node.Input(1)).Shape[rank == 3 ? 1 : 2];
        if (node.Input(4) != "") keys = Linear.Simplify(keys + scope.Type(node.Input(4)).Shape[2]);
        if (Linear.Simplify(keys - last) is Number { Integer: <= 0 }) return given;
        var missing = chain.Add("Max", [chain.Add("Sub", [Length(key), chain.Add("Shape", [given], ("start", -1L))]), chain.Wholes(0)]);
        return chain.Add("Pad", [given, chain.Add("Concat", [chain.Wholes([.. Enumerable.Repeat(0L, 2 * scope.Type(given).Rank - 1)]), missing], ("axis", 0L)), hidden]);
    }
}
