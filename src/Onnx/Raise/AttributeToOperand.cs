namespace Lathe.Onnx;

/// <summary>Forms whose list of whole numbers was an attribute and is an operand now.</summary>
internal abstract class AttributeToOperand : Raise
{
    /// <summary>The attribute, and the operand it becomes, in order; one that is absent stays so.</summary>
    protected abstract Seq<(string Attribute, int Place)> Moves { get; }

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var newer = Newer(node.Without(Moves.Select(m => m.Attribute)));
        foreach (var (attribute, place) in Moves)
            if (node.Ints(attribute) is { } numbers) newer = newer.WithInput(place, scope.Wholes($"{node.Outputs[0]}.{attribute}", numbers));
        yield return newer;
    }
}
