namespace Lathe.Onnx;

/// <summary>Tile up to opset 5: how often, and along which axis, each one number known when compiling.</summary>
internal sealed class TileAxis : Raise
{
    public override Seq<string> Operators => ["Tile"];
    public override long Last => 5;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var type = scope.Type(node.Input(0));
        var (times, axis) = (One(node, scope, 1), One(node, scope, 2));
        if (axis < 0 || axis >= type.Rank || times < 0) throw new TypeException($"{type} {times} times along axis {axis}");
        yield return Newer(node with { Inputs = [node.Input(0), scope.Wholes($"{node.Outputs[0]}.repeats", [.. Enumerable.Range(0, type.Rank).Select(i => i == axis ? times : 1)])] });
    }

    private static long One(OnnxNode node, RaiseScope scope, int operand) => scope.Known(node.Input(operand)) is [Number number] ? number.IsReal ? (long)number.Real : number.Integer : throw new TypeException("how often and the axis must be known when compiling");
}
