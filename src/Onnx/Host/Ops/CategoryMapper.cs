namespace Lathe.Onnx.Host;

/// <summary>Text to the number of its category, or numbers to text. ai.onnx.ml CategoryMapper, opset 1.</summary>
internal sealed class CategoryMapper : HostOp
{
    public override Seq<string> Operators => ["CategoryMapper"];
    public override string Domain => "ai.onnx.ml";
    public override string Carries => "text";

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope)
    {
        var pairs = (node.Ints("cats_int64s") ?? []).Zip(node.Strings("cats_strings") ?? []).ToList();
        if (x[0] is HostText text)
        {
            var (numbers, none) = (pairs.DistinctBy(p => p.Second).ToDictionary(p => p.Second, p => p.First, StringComparer.Ordinal), node.Int("default_int64", -1));
            yield return new HostTensor(Tensor.Of(text.Shape, [.. text.Elements.Select(word => numbers.GetValueOrDefault(word, none))]));
            yield break;
        }
        var (words, unused) = (pairs.DistinctBy(p => p.First).ToDictionary(p => p.First, p => p.Second), node.String("default_string", "_Unused"));
        yield return new HostText(Numbers(x, 0).Shape, [.. Numbers(x, 0).ToDoubles().Select(number => words.GetValueOrDefault((long)number, unused))]);
    }
}
