namespace Lathe.Onnx.Host;

/// <summary>
/// Operators on tensors of any kind that only move, compare or count elements, on text: they run on the ranks of the texts among all that are given.
/// </summary>
internal sealed class TextMoves : HostOp
{
    public override Seq<string> Operators =>
    [
        "Compress", "Concat", "Equal", "Expand", "Flatten", "Gather", "GatherElements", "GatherND", "Identity", "OneHot", "Pad", "Reshape", "ReverseSequence",
        "Scatter", "ScatterElements", "ScatterND", "Shape", "Size", "Slice", "SpaceToDepth", "DepthToSpace", "Split", "Squeeze", "Tile", "Transpose", "Unique", "Unsqueeze", "Where",
    ];

    public override bool Takes(Seq<HostValue?> x) => x.Any(v => v is HostText);

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope)
    {
        // The empty text is always among them, for places that nothing fills.
        var words = x.OfType<HostText>().SelectMany(t => t.Elements).Append("").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var ranks = words.Index().ToDictionary(w => w.Item, w => (long)w.Index, StringComparer.Ordinal);
        Seq<HostValue?> numbers = [.. x.Select(v => v is HostText text ? new HostTensor(Tensor.Of(text.Shape, [.. text.Elements.Select(t => ranks[t])])) : v)];
        foreach (var (number, result) in scope.Step(node, numbers).Index())
            yield return number == 0 && node.OpType is not ("Equal" or "Shape" or "Size") && result is HostTensor { Tensor: var moved }
                ? new HostText(moved.Shape, [.. moved.ToDoubles().Select(rank => words[(int)rank])]) : result;
    }
}
