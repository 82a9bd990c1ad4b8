namespace Lathe.Onnx;

/// <summary>TfIdfVectorizer of whole numbers: each n-gram of the pool compared with every window of the sequence, and counted. Text is the host's.</summary>
internal sealed class TfIdfParts : Raise
{
    public override Seq<string> Operators => ["TfIdfVectorizer"];

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var chain = new Chain(node.Outputs[0], scope);
        Seq<long> Wholes(string name) => node.Ints(name) ?? throw new TypeException($"{name} is missing");
        var (pool, starts, places) = (Wholes("pool_int64s"), Wholes("ngram_counts"), Wholes("ngram_indexes"));
        var (shortest, longest, skips, x) = (node.Int("min_gram_length", 1), node.Int("max_gram_length", 1), node.Int("max_skip_count", 0), scope.Type(node.Input(0)));
        if (x.Rank is < 1 or > 2 || !x.Scalar.IsInteger) throw new TypeException($"x must be a vector or a matrix of whole numbers, it is {x}");
        if (shortest < 1 || longest < shortest || longest > starts.Count || skips < 0) throw new TypeException($"n-grams of {shortest} to {longest} with {skips} skips, of {starts.Count} lengths in the pool");

        var (groups, owners, at) = (new List<string>(), new List<long>(), 0L);
        for (var n = 1; n <= starts.Count; n++)
        {
            var (from, to) = (starts[n - 1], n < starts.Count ? starts[n] : pool.Count);
            if (from < 0 || to < from || to > pool.Count || (to - from) % n != 0) throw new TypeException($"the pool's {n}-grams from {from} to {to} of {pool.Count} numbers");
            var count = (to - from) / n;
            if (at + count > places.Count) throw new TypeException($"{places.Count} places for more n-grams");
            if (n >= shortest && n <= longest && count > 0)
            {
                var grams = pool.Slice((int)from, (int)(to - from));
                groups.Add(Counts(chain, scope, node.Input(0), x, grams, n, count, n == 1 ? 0 : skips));
                owners.AddRange(Enumerable.Range((int)at, (int)count).Select(i => (long)i));
            }
            at += count;
        }
        if (groups.Count == 0) throw new TypeException("the pool has no n-gram of these lengths");
        var counts = groups.Count == 1 ? groups[0] : chain.Add("Concat", [.. groups], ("axis", -1L));
        var mode = node.String("mode", "TF");
        if (mode is not ("TF" or "IDF" or "TFIDF")) throw new TypeException($"mode must be TF, IDF or TFIDF, it is {mode}");
        if (mode == "IDF") counts = chain.Add("Min", [counts, chain.Number(Scalar.F32, 1)]);
        if (mode != "TF" && node.Floats("weights") is { Count: > 0 } weights)
            counts = chain.Add("Mul", [counts, scope.Floats($"{node.Outputs[0]}.weights", [.. owners.Select(i => i < weights.Count ? (float)weights[(int)i] : throw new TypeException($"{weights.Count} weights for more n-grams"))])]);

        // A place that no n-gram has reads a column of zeros behind all others.
        var order = new long[places.Max() + 1];
        Array.Fill(order, owners.Count);
        foreach (var (column, owner) in owners.Index()) order[places[(int)owner]] = order[places[(int)owner]] == owners.Count ? column : throw new TypeException("two n-grams of one place");
        var padded = chain.Add("Pad", [counts, chain.Wholes(x.Rank == 1 ? [0, 1] : [0, 0, 0, 1])]);
        chain.Name(chain.Add("Gather", [padded, chain.Wholes([.. order])], ("axis", -1L)), node.Outputs[0]);
        return chain.Nodes;
    }

    /// <summary>How often each n-gram is in each row, at any of the distances.</summary>
    private static string Counts(Chain chain, RaiseScope scope, string x, TensorType type, Seq<long> grams, int n, long count, long skips)
    {
        var (length, sum) = (type.Shape[^1], "");
        for (var distance = 1L; distance <= skips + 1; distance++)
        {
            var reach = (n - 1) * distance;
            if (length is Number { Integer: var known } && known <= reach) break;
            var hit = "";
            for (var k = 0; k < n; k++)
            {
                var window = reach == 0 ? x : chain.Add("Slice", [x, chain.Wholes(k * distance), chain.Wholes(k == n - 1 ? long.MaxValue : -(reach - k * distance)), chain.Wholes(-1)]);
                var keys = scope.Numbers($"{x}.keys", type.Scalar, [count], [.. Enumerable.Range(0, (int)count).Select(i => (double)grams[i * n + k])]);
                var same = chain.Add("Equal", [chain.Add("Unsqueeze", [window, chain.Wholes(-1)]), keys]);
                hit = hit == "" ? same : chain.Add("And", [hit, same]);
            }
            var found = chain.Add("ReduceSum", [chain.Add("Cast", [hit], ("to", (long)ElementKinds.Number(Scalar.F32))), chain.Wholes(-2)], ("keepdims", 0L));
            sum = sum == "" ? found : chain.Add("Add", [sum, found]);
        }
        if (sum != "") return sum;
        // No window is that long.
        var rows = type.Rank == 1 ? chain.Wholes(count) : chain.Add("Concat", [chain.Add("Shape", [x], ("start", 0L), ("end", 1L)), chain.Wholes(count)], ("axis", 0L));
        return chain.Add("Expand", [chain.Number(Scalar.F32, 0), rows]);
    }
}
