namespace Lathe.Onnx;

/// <summary>Heads of queries and keys, whose numbers may be open until a run.</summary>
/// <param name="query">Queries, [batch, heads, sequence, numbers].</param>
/// <param name="queries">How many heads of queries there are.</param>
/// <param name="keys">How many of keys, each of which equally many of the queries share.</param>
internal sealed class AttentionHeads(Chain chain, string query, Expr queries, Expr keys)
{
    /// <exception cref="TypeException">The heads of keys cannot be shared.</exception>
    public void Check()
    {
        if (queries is Number { Integer: var many } && keys is Number { Integer: var few } && (few == 0 || many % few != 0)) throw new TypeException($"{many} heads of queries cannot share {few} heads of keys");
    }

    /// <summary>Keys or values, each head as often as queries share it.</summary>
    public string Shared(string heads)
    {
        if (Linear.ProvesEqual(queries, keys)) return heads;
        var (all, own) = (Extents(query, 1, 2), Extents(heads, 1, 2));
        var wide = chain.Add("Expand", [chain.Add("Unsqueeze", [heads, chain.Wholes(2)]), chain.Add("Concat", [chain.Wholes(1, 1), chain.Add("Div", [all, own]), chain.Wholes(1, 1)], ("axis", 0L))]);
        return chain.Add("Reshape", [wide, chain.Add("Concat", [Extents(heads, 0, 1), all, Extents(heads, 2, 4)], ("axis", 0L))]);
    }

    /// <summary>What scores are multiplied by: as the node says, or 1 over the root of a head's numbers.</summary>
    /// <param name="size">Numbers of a head of queries.</param>
    public string Scale(OnnxNode node, Scalar kind, Expr size)
    {
        if (node.Has("scale") || size is Number) return chain.Number(kind, node.Float("scale", size is Number { Integer: var known } ? 1 / Math.Sqrt(known) : 0));
        return chain.Add("Reciprocal", [chain.Add("Sqrt", [chain.Add("Cast", [Extents(query, 3, 4)], ("to", (long)ElementKinds.Number(kind)))])]);
    }

    private string Extents(string of, long start, long end) => chain.Add("Shape", [of], ("start", start), ("end", end));
}
