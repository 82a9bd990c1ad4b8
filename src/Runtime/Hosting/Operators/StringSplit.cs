namespace Lathe.Runtime.Hosting.Operators;

/// <summary>The pieces of each text between delimiters, or between runs of white space, filled up with empty ones; and how many each has. ONNX StringSplit, opset 20.</summary>
internal sealed class StringSplit : HostOperator
{
    public override IReadOnlyList<string> Operators => ["StringSplit"];
    public override string Carries => "text";

    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x) =>
        [HostType.Text(Operand(x, 0).Dims is { } dims ? [.. dims, HostType.Open] : null), HostType.Tensor("i64", Operand(x, 0).Dims)];

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x)
    {
        var (text, delimiter) = (Text(x, 0), node.Text("delimiter", ""));
        var most = node.Has("maxsplit") ? node.Int("maxsplit", 0) : long.MaxValue;
        if (most < 0) throw new HostException($"maxsplit must not be negative, it is {most}");
        var pieces = text.Elements.Select(t => Pieces(t, delimiter, most)).ToList();
        var longest = pieces.Select(p => p.Count).DefaultIfEmpty().Max();
        return [new HostText([.. text.Shape, longest], [.. pieces.SelectMany(p => p.Concat(Enumerable.Repeat("", longest - p.Count)))]), HostTensor.Of(text.Shape, [.. pieces.Select(p => (long)p.Count)])];
    }

    private static List<string> Pieces(string text, string delimiter, long most)
    {
        var (pieces, rest) = (new List<string>(), text);
        if (delimiter == "") rest = rest.TrimStart();
        while (pieces.Count < most)
        {
            var at = delimiter == "" ? rest.AsSpan().IndexOfAny(' ', '\t', '\n') is >= 0 and var white ? white : -1 : rest.IndexOf(delimiter, StringComparison.Ordinal);
            if (at < 0) break;
            pieces.Add(rest[..at]);
            rest = delimiter == "" ? rest[at..].TrimStart() : rest[(at + delimiter.Length)..];
        }
        // What white space leaves at the end is no piece; what delimiters leave there is an empty one. An empty text has no piece.
        if (delimiter == "" && pieces.Count < most) rest = rest.TrimEnd();
        if (rest != "" || delimiter != "" && text != "") pieces.Add(rest);
        return pieces;
    }
}
