namespace Lathe.Onnx;

/// <summary>The end of a classifier: scores to the class that has the most, and to what is given as its scores.</summary>
internal static class Labels
{
    /// <summary>Classes as whole numbers. Text is the host's.</summary>
    public static Seq<long> Of(OnnxNode node, string wholes, string texts)
    {
        if (node.Strings(texts) is { Count: > 0 }) throw new TypeException($"classes that are text ({texts}) cannot be a result of a compiled model; give {wholes}");
        return node.Ints(wholes) is { Count: > 0 } given ? given : throw new TypeException($"{wholes} is missing");
    }

    /// <summary>The class of the largest score of each row.</summary>
    public static string Largest(Chain chain, string scores, Seq<long> classes) =>
        chain.Add("Gather", [chain.Wholes(classes), chain.Add("ArgMax", [scores], ("axis", 1L), ("keepdims", 0L))]);

    /// <summary>One of two classes, by whether the only score is larger than a bound.</summary>
    public static string Above(Chain chain, string score, double bound, Scalar kind, long above, long below) =>
        chain.Add("Where", [chain.Add("Squeeze", [chain.Add("Greater", [score, chain.Number(kind, bound)]), chain.Wholes(1)]), chain.Number(Scalar.I64, above), chain.Number(Scalar.I64, below)]);
}
