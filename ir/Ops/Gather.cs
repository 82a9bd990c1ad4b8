namespace Lathe.Ir.Ops;

/// <summary>Slices of a tensor along an axis, picked by number. ONNX Gather, opset 13.</summary>
/// <param name="Axis">Counted from the end where negative.</param>
/// <remarks>Operands: x; the numbers of the slices, counted from the end where negative. The axes of the numbers stand in place of the axis.</remarks>
public sealed record Gather(long Axis = 0) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        var along = x.Axis(Axis);
        x.Whole(1);
        var extent = x.Shape(0)[along];
        foreach (var index in (x.Known(1) ?? []).OfType<Number>()) x.Check(index.Integer < 0 ? -index.Integer <= extent : index.Integer < extent, $"slice {index} of {x.Type(0)} along axis {along}");
        var result = new TensorType([.. x.Shape(0)[..along], .. x.Shape(1), .. x.Shape(0)[(along + 1)..]], x.Scalar(0));
        if (x.Known(1) is null) x.NotEmpty(extent, result.Size, $"axis {along} of {x.Type(0)}");
        return result;
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (along, rank) = (x.Axis(Axis), x.Shape(1).Count);
        return x[0]([.. at[..along], Picked(x, x.Shape(0)[along], at.Slice(along, rank)), .. at[(along + rank)..]]);
    }

    /// <summary>The number of a slice; arithmetic where the numbers are known and evenly spaced, as those that pick one slice or shuffle channels are.</summary>
    private static Expr Picked(Operands x, Expr extent, Seq<Expr> at)
    {
        if (x.Known(1) is not { Count: > 0 } known) return Indexing.Wrapped(x[1](at), extent);
        if (known.Count == 1) return Placed(known[0]);
        if (!known.All(n => n is Number)) return Indexing.Wrapped(x[1](at), extent);
        var step = known[1].Whole - known[0].Whole;
        for (var i = 2; i < known.Count; i++)
            if (known[i].Whole - known[i - 1].Whole != step) return known.All(n => n.Whole >= 0) ? x[1](at).As(Scalar.I64) : Indexing.Wrapped(x[1](at), extent);
        return known[0].Whole < 0 != known[^1].Whole < 0 ? Indexing.Wrapped(x[1](at), extent) : Linear.Simplify(Placed(known[0]) + Indexing.Flat(x.Shape(1), at) * step);

        Expr Placed(Expr index) => index is Number n ? n.Integer < 0 ? Linear.Simplify(extent + n.Integer) : n.Integer : Indexing.Wrapped(index, extent);
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(5, 3), Operand.Of(Scalar.I64, 2, 2) with { Low = -5, High = 4 }),
        new(this with { Axis = 1 }, Operand.F32(2, 5, 3), Operand.Of(Scalar.I32, 4) with { Low = 0, High = 4 }),
        new(this with { Axis = -1 }, Operand.F32(2, 6), Operand.Wholes(0, 2, 4)),
        new(this with { Axis = 1 }, Operand.F32(2, 6), Operand.Wholes(5, 0, -1, 3)),
        new(this, Operand.F32(4, 3), Operand.Constant(Scalar.I64, [], -1)),
    ];
}
