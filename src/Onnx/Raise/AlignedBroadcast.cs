namespace Lathe.Onnx;

/// <summary>Operators of two operands up to opset 6: broadcasting is asked for, and axis says where the second operand's axes begin in the first's.</summary>
internal sealed class AlignedBroadcast : Raise
{
    public override Seq<string> Operators => ["Add", "And", "Div", "Equal", "Greater", "Less", "Mul", "Or", "Pow", "Sub", "Xor"];
    public override long Last => 6;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var newer = Newer(node.Without("broadcast", "axis"));
        if (node.Int("broadcast", 0) == 0 || !node.Has("axis")) return [newer];
        var (first, second) = (scope.Type(node.Input(0)), scope.Type(node.Input(1)));
        var axis = node.Int("axis", 0) is < 0 and var fromEnd ? fromEnd + first.Rank : node.Int("axis", 0);
        var behind = first.Rank - axis - second.Rank;
        if (axis < 0 || behind < 0) throw new TypeException($"{second} does not lie in {first} from axis {axis} on");
        if (behind == 0) return [newer];
        var aligned = scope.Fresh($"{node.Outputs[0]}.aligned");
        return [OnnxNode.Of("Unsqueeze", [node.Input(1), scope.Wholes($"{aligned}.axes", [.. Enumerable.Range(second.Rank, (int)behind).Select(i => (long)i)])], [aligned]), newer.WithInput(1, aligned)];
    }
}
