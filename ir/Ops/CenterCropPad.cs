namespace Lathe.Ir.Ops;

/// <summary>Cuts from, or puts zeros around, the middle of axes until they have the wanted extents. ONNX CenterCropPad, opset 18.</summary>
/// <param name="Axes">The axes, counted from the end where negative; all if empty.</param>
/// <remarks>Operands: x; the extents.</remarks>
public sealed record CenterCropPad(Seq<long> Axes = default) : FormulaOp
{
    protected override TensorType InferOne(Operands x) => new(Wanted(x).Aggregate(x.Shape(0), (shape, axis) => shape.With(axis.Axis, axis.Extent)), x.Scalar(0));

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        foreach (var (axis, extent) in Wanted(x))
        {
            var difference = Linear.Simplify(x.Shape(0)[axis] - extent);
            // Of an odd number cut, or put around, the greater half is at the end.
            var moved = Expr.Select(Linear.Decided(0 <= difference), difference / 2, 0 - (0 - difference) / 2);
            at = at.With(axis, Linear.Simplify(at[axis] + Linear.Simplify(moved)));
        }
        return x[0](at, 0);
    }

    private IEnumerable<(int Axis, Expr Extent)> Wanted(Operands x)
    {
        var (extents, axes) = (x.MustKnow(1, "the extents"), Axes is [] ? [.. Enumerable.Range(0, x.Type(0).Rank)] : Axes.Select(axis => x.Axis(axis)).ToArray());
        Require(extents.Count == axes.Length, $"{extents.Count} extents for {axes.Length} axes of {x.Type(0)}");
        return axes.Zip(extents, (axis, extent) => (axis, extent.As(Scalar.I64)));
    }

    public override IEnumerable<Example> Examples() =>
        [new(this, Operand.F32(10, 7, 3), Operand.Wholes(7, 10, 3)), new(this with { Axes = [-1, 0] }, Operand.F32(5, 2, 4), Operand.Wholes(1, 8)), new(this, Operand.F32(5), Operand.Wholes(4))];
}
