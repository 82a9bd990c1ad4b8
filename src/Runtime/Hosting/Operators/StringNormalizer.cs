namespace Lathe.Runtime.Hosting.Operators;

/// <summary>Texts without stop words, in small or capital letters. ONNX StringNormalizer, opset 10.</summary>
/// <remarks>Operand: [C] or [1, C]. Where nothing is left the result is one empty text.</remarks>
internal sealed class StringNormalizer : HostOperator
{
    public override IReadOnlyList<string> Operators => ["StringNormalizer"];
    public override string Carries => "text";

    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x) => [HostType.Text(Operand(x, 0).Dims is { } dims ? dims.Length == 1 ? [HostType.Open] : ["1", HostType.Open] : null)];

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x)
    {
        var text = Text(x, 0);
        if (text.Shape is not ([_] or [1, _])) throw new HostException($"x must be [C] or [1, C], it is {text.Kind}");
        var comparer = node.Int("is_case_sensitive", 0) != 0 ? StringComparer.Ordinal : StringComparer.InvariantCultureIgnoreCase;
        var stops = (node.Texts("stopwords") ?? []).ToHashSet(comparer);
        Func<string, string> letters = node.Text("case_change_action", "NONE") switch
        {
            "LOWER" => t => t.ToLowerInvariant(),
            "UPPER" => t => t.ToUpperInvariant(),
            "NONE" => t => t,
            var other => throw new HostException($"case_change_action must be NONE, LOWER or UPPER, it is {other}"),
        };
        string[] kept = [.. text.Elements.Where(t => !stops.Contains(t)).Select(letters).DefaultIfEmpty("")];
        return [new HostText(text.Shape.Length == 1 ? [kept.Length] : [1, kept.Length], [.. kept])];
    }
}
