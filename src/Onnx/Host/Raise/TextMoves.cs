using Lathe.Runtime.Hosting;

namespace Lathe.Onnx.Host;

/// <summary>
/// Operators on tensors of any kind that only move, compare or count elements, on text: they run on the ranks of the texts among all that are given.
/// </summary>
internal sealed class TextMoves : HostRaise
{
    public override Seq<(string Domain, string Name)> Operators =>
    [
        ("ai.onnx.ml", "ArrayFeatureExtractor"),
        .. ((string[])["Compress", "Concat", "Equal", "Expand", "Flatten", "Gather", "GatherElements", "GatherND", "OneHot", "Pad", "Reshape", "ReverseSequence",
            "Scatter", "ScatterElements", "ScatterND", "Shape", "Size", "Slice", "SpaceToDepth", "DepthToSpace", "Split", "Squeeze", "Tile", "Transpose", "Unique", "Unsqueeze", "Where"]).Select(name => ("", name)),
    ];

    public override bool Takes(OnnxNode node, Seq<HostType?> x) => x.Any(t => t is { IsText: true });

    public override Seq<OnnxNode> Apply(OnnxNode node, Seq<HostType?> x)
    {
        var texts = x.Index().Where(t => t.Item is { IsText: true }).Select(t => t.Index).ToList();
        string Rank(int i) => Inner(node, $"rank{i}");
        var words = Inner(node, "words");
        var moved = node.Outputs.Index().Where(o => o.Item != "" && IsText(node, o.Index)).Select(o => o.Index).ToList();
        return
        [
            Use("TextRanks", node, [.. texts.Select(i => node.Inputs[i])], [.. texts.Select(Rank), words]),
            node with { Inputs = [.. node.Inputs.Select((name, i) => texts.Contains(i) ? Rank(i) : name)], Outputs = [.. node.Outputs.Select((name, i) => moved.Contains(i) ? Inner(node, $"moved{i}") : name)] },
            .. moved.Select(i => Use("TextWords", node, [Inner(node, $"moved{i}"), words], [node.Outputs[i]])),
        ];
    }

    private static bool IsText(OnnxNode node, int output) => node.OpType == "Split" || output == 0 && node.OpType is not ("Equal" or "Shape" or "Size");
}
