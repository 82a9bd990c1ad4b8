using System.Globalization;

namespace Lathe.Runtime.Hosting.Operators;

/// <summary>Text to the number of its category, or numbers to text. ai.onnx.ml CategoryMapper, opset 1.</summary>
internal sealed class CategoryMapper : HostOperator
{
    public override IReadOnlyList<string> Operators => ["CategoryMapper"];
    public override string Domain => "ai.onnx.ml";
    public override string Carries => "text";

    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x) => [Operand(x, 0).IsText ? HostType.Tensor("i64", Operand(x, 0).Dims) : HostType.Text(Operand(x, 0).Dims)];

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x)
    {
        var pairs = (node.Ints("cats_int64s") ?? []).Zip(node.Texts("cats_strings") ?? []).ToList();
        if (x[0] is HostText text)
        {
            var (numbers, none) = (pairs.DistinctBy(p => p.Second).ToDictionary(p => p.Second, p => p.First, StringComparer.Ordinal), node.Int("default_int64", -1));
            return [HostTensor.Of(text.Shape, [.. text.Elements.Select(word => numbers.GetValueOrDefault(word, none))])];
        }
        var (words, unused) = (pairs.DistinctBy(p => p.First).ToDictionary(p => p.First.ToString(CultureInfo.InvariantCulture), p => p.Second, StringComparer.Ordinal), node.Text("default_string", "_Unused"));
        return [new HostText(Numbers(x, 0).Shape, [.. Numbers(x, 0).ToTexts().Select(number => words.GetValueOrDefault(number, unused))])];
    }
}
