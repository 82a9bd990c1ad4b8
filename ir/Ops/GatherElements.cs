namespace Lathe.Ir.Ops;

/// <summary>Picks numbers along an axis, each at its own place. ONNX GatherElements, opset 13.</summary>
/// <param name="Axis">Counted from the end where negative.</param>
/// <remarks>Operands: x; places along the axis, counted from the end where negative, of the shape of the result.</remarks>
public sealed record GatherElements(long Axis = 0) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        var along = x.Axis(Axis);
        Require(x.Whole(1).Rank == x.Type(0).Rank, $"places {x.Type(1)} must have the rank of {x.Type(0)}");
        x.NotEmpty(x.Shape(0)[along], x.Type(1).Size, $"axis {along} of {x.Type(0)}");
        foreach (var (axis, places) in x.Shape(1).Index()) if (axis != along) x.Check(places <= x.Shape(0)[axis], $"places {x.Type(1)} beyond axis {axis} of {x.Type(0)}");
        return new(x.Shape(1), x.Scalar(0));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) => x[0](at.With(x.Axis(Axis), Indexing.Wrapped(x[1](at), x.Shape(0)[x.Axis(Axis)])));

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(5, 3), Operand.Of(Scalar.I64, 2, 3) with { Low = -5, High = 4 }),
        new(this with { Axis = -1 }, Operand.F32(2, 3, 4), Operand.Of(Scalar.I32, 2, 3, 2) with { Low = 0, High = 3 }),
    ];
}
