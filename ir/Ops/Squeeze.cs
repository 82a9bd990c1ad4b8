namespace Lathe.Ir.Ops;

/// <summary>Drops axes of extent 1. ONNX Squeeze, opset 25.</summary>
/// <remarks>Operands: x; optionally the axes, else every axis known to have the extent 1.</remarks>
public sealed record Squeeze : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        var dropped = Dropped(x);
        foreach (var axis in dropped) x.Equal(x.Shape(0)[axis], 1, $"axis {axis} of {x.Type(0)} to be dropped");
        return new([.. x.Shape(0).Where((_, axis) => !dropped.Contains(axis))], x.Scalar(0));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (dropped, next) = (Dropped(x), 0);
        return x[0]([.. x.Shape(0).Select((_, axis) => dropped.Contains(axis) ? 0 : at[next++])]);
    }

    private static HashSet<int> Dropped(Operands x) => x.Has(1)
        ? [.. x.Wholes(1, "axes").Select(axis => x.Axis(axis))]
        : [.. x.Shape(0).Index().Where(e => e.Item is Number { Integer: 1 }).Select(e => e.Index)];

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(1, 3, 1, 2)), new(this, Operand.F32(1, 3, 1, 2), Operand.Wholes(-2)), new(this, Operand.F32(1, 1), Operand.Wholes(0, 1))];
}
