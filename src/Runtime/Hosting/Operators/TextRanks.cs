using System.Collections.Immutable;

namespace Lathe.Runtime.Hosting.Operators;

/// <summary>
/// Texts as their places among all texts that are given, in ordinal order, and those texts: what moves and compares numbers moves and compares text so.
/// The empty text is always among them, for places that nothing fills.
/// </summary>
/// <remarks>Results: whole numbers for each operand, in its shape, then the texts.</remarks>
internal sealed class TextRanks : HostOperator
{
    public override IReadOnlyList<string> Operators => ["TextRanks"];
    public override string Domain => "lathe";

    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x) => [.. x.Select(text => HostType.Tensor("i64", text!.Dims)), HostType.Text([HostType.Open])];

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x)
    {
        ImmutableArray<string> words = [.. x.OfType<HostText>().SelectMany(t => t.Elements).Append("").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var ranks = words.Index().ToDictionary(w => w.Item, w => (long)w.Index, StringComparer.Ordinal);
        return [.. x.Select((_, i) => HostTensor.Of(Text(x, i).Shape, [.. Text(x, i).Elements.Select(t => ranks[t])])), new HostText([words.Length], words)];
    }
}
