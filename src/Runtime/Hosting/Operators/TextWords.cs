namespace Lathe.Runtime.Hosting.Operators;

/// <summary>The texts at places of a list: the second operand, or the attribute <c>words</c>.</summary>
internal sealed class TextWords : HostOperator
{
    public override IReadOnlyList<string> Operators => ["TextWords"];
    public override string Domain => "lathe";

    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x) => [HostType.Text(Operand(x, 0).Dims)];

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x)
    {
        var (places, words) = (Numbers(x, 0), node.Texts("words") ?? Text(x, 1).Elements);
        return [new HostText(places.Shape, [.. places.ToDoubles().Select(place => place >= 0 && place < words.Length ? words[(int)place] : throw new HostException($"place {place} of {words.Length} texts"))])];
    }
}
