namespace Lathe.Onnx;

/// <summary>
/// Resize of opset 10: scales is operand 1; a pixel of the result reads at its index over the scale, and where the nearest pixel is
/// wanted, the one before that along an axis that grows and the one after along an axis that shrinks.
/// </summary>
internal sealed class ResizeScales : Raise
{
    public override Seq<string> Operators => ["Resize"];
    public override long Last => 10;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var newer = Newer(node with { Inputs = [node.Input(0), "", node.Input(1)] }).With("coordinate_transformation_mode", "asymmetric");
        if (node.String("mode", "nearest") != "nearest") return [newer];
        if (scope.Known(node.Input(1)) is not { } known || known.Any(s => s is not Number)) throw new TypeException("scales must be known when compiling");
        Seq<float> scales = [.. known.Select(s => (float)((Number)s).Real)];
        if (scales.All(s => s >= 1)) return [newer.With("nearest_mode", "floor")];
        if (scales.All(s => s <= 1)) return [newer.With("nearest_mode", "ceil")];
        var (y, half) = (node.Outputs[0], scope.Fresh($"{node.Outputs[0]}.shrunk"));
        return
        [
            (newer with { Outputs = [half] }).WithInput(2, scope.Floats($"{y}.shrink", [.. scales.Select(s => Math.Min(s, 1))])).With("nearest_mode", "ceil"),
            newer.WithInput(0, half).WithInput(2, scope.Floats($"{y}.grow", [.. scales.Select(s => Math.Max(s, 1))])).With("nearest_mode", "floor"),
        ];
    }
}
