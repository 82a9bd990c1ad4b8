namespace Lathe.Onnx;

/// <summary>Softmax, LogSoftmax and Hardmax up to opset 12: the operand is taken as a matrix, the axes from <c>axis</c> (1 unless given) on as its columns.</summary>
internal sealed class FlattenedSoftmax : Raise
{
    public override Seq<string> Operators => ["Softmax", "LogSoftmax", "Hardmax"];
    public override long Last => 12;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var rank = scope.Type(node.Input(0)).Rank;
        var axis = node.Int("axis", 1);
        if (axis < 0) axis += rank;
        if (axis < 0 || axis > rank) throw new TypeException($"axis {node.Int("axis", 1)} of {scope.Type(node.Input(0))}");
        if (axis == rank - 1) return [Newer(node.With("axis", -1L))];
        var (x, y) = (node.Input(0), node.Outputs[0]);
        var (matrix, result, shape) = (scope.Fresh($"{y}.matrix"), scope.Fresh($"{y}.flat"), scope.Fresh($"{y}.shape"));
        return
        [
            OnnxNode.Of("Flatten", [x], [matrix], ("axis", axis)),
            OnnxNode.Of(node.OpType, [matrix], [result], ("axis", 1L)),
            OnnxNode.Of("Shape", [x], [shape]),
            OnnxNode.Of("Reshape", [result, shape], [y]),
        ];
    }
}
