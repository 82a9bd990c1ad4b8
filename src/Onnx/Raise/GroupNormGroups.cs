namespace Lathe.Onnx;

/// <summary>GroupNormalization of opsets 18 to 20: scale and bias stand once for each group; later once for each channel.</summary>
internal sealed class GroupNormGroups : Raise
{
    public override Seq<string> Operators => ["GroupNormalization"];
    public override long Last => 20;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var image = scope.Type(node.Input(0));
        var groups = node.Int("num_groups", 0);
        if (image.Rank < 2 || image.Shape[1] is not Number { Integer: var channels } || groups < 1 || channels % groups != 0)
            throw new TypeException($"{groups} groups of the channels of {image}");
        var (newer, y) = (Newer(node), node.Outputs[0]);
        foreach (var (place, what) in new[] { (1, "scale"), (2, "bias") })
        {
            var (column, wide, each) = (scope.Fresh($"{y}.{what}.column"), scope.Fresh($"{y}.{what}.wide"), scope.Fresh($"{y}.{what}"));
            yield return OnnxNode.Of("Reshape", [node.Input(place), scope.Wholes($"{y}.{what}.groups", groups, 1)], [column]);
            yield return OnnxNode.Of("Expand", [column, scope.Wholes($"{y}.{what}.each", groups, channels / groups)], [wide]);
            yield return OnnxNode.Of("Reshape", [wide, scope.Wholes($"{y}.{what}.channels", channels)], [each]);
            newer = newer.WithInput(place, each);
        }
        yield return newer;
    }
}
