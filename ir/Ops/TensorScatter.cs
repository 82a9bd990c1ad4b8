namespace Lathe.Ir.Ops;

/// <summary>A copy of a cache in which a run of places along an axis is replaced, from a place of each batch's own on. ONNX TensorScatter, opset 24.</summary>
/// <param name="Axis">Counted from the end where negative; not the first.</param>
/// <param name="Mode">linear; circular, where places beyond the end are those at the beginning.</param>
/// <remarks>Operands: the cache; what replaces, of the same shape but along the axis; optionally the first place of each batch, else 0.</remarks>
public sealed record TensorScatter(long Axis = -2, string Mode = "linear") : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(Mode is "linear" or "circular", $"mode must be linear or circular, it is {Mode}");
        Require(x.Axis(Axis) > 0 && x.Type(1).Rank == x.Type(0).Rank, $"axis {Axis} of the cache {x.Type(0)} and {x.Type(1)}");
        x.Alike(0, 1);
        for (var axis = 0; axis < x.Type(0).Rank; axis++)
            if (axis != x.Axis(Axis)) x.Equal(x.Shape(0)[axis], x.Shape(1)[axis], $"axis {axis} of the cache {x.Type(0)} and {x.Type(1)}");
        return x.Type(0).Elementwise;
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var along = x.Axis(Axis);
        var place = x.Has(2) ? at[along] - x[2]([at[0]]).As(Scalar.I64) : at[along];
        if (Mode == "circular") place %= x.Shape(0)[along];
        return Expr.Select((0 <= place) & (place < x.Shape(1)[along]), x[1](at.With(along, place), 0), x[0](at));
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(2, 7, 3), Operand.F32(2, 2, 3), Operand.Constant(Scalar.I64, [2], 1, 4)),
        new(this with { Mode = "circular" }, Operand.F32(2, 5, 3), Operand.F32(2, 3, 3), Operand.Constant(Scalar.I64, [2], 1, 4)),
        new(this, Operand.F32(1, 5, 3), Operand.F32(1, 3, 3)),
    ];
}
