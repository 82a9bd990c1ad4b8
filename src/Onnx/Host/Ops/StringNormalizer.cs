namespace Lathe.Onnx.Host;

/// <summary>Texts without stop words, in small or capital letters. ONNX StringNormalizer, opset 10.</summary>
/// <remarks>Operand: [C] or [1, C]. Where nothing is left the result is one empty text.</remarks>
internal sealed class StringNormalizer : HostOp
{
    public override Seq<string> Operators => ["StringNormalizer"];
    public override string Carries => "text";

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope)
    {
        var text = Text(x, 0);
        if (text.Shape is not ([_] or [1, _])) throw new TypeException($"x must be [C] or [1, C], it is {text.Kind}");
        var comparer = node.Int("is_case_sensitive", 0) != 0 ? StringComparer.Ordinal : StringComparer.InvariantCultureIgnoreCase;
        var stops = (node.Strings("stopwords") ?? []).ToHashSet(comparer);
        Func<string, string> letters = node.String("case_change_action", "NONE") switch
        {
            "LOWER" => t => t.ToLowerInvariant(),
            "UPPER" => t => t.ToUpperInvariant(),
            "NONE" => t => t,
            var other => throw new TypeException($"case_change_action must be NONE, LOWER or UPPER, it is {other}"),
        };
        Seq<string> kept = [.. text.Elements.Where(t => !stops.Contains(t)).Select(letters).DefaultIfEmpty("")];
        yield return new HostText(text.Shape.Count == 1 ? [kept.Count] : [1, kept.Count], kept);
    }
}
