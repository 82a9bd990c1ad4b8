namespace Lathe.Ir.Ops;

/// <summary>A new axis on which the place that a number names is on and all others are off. ONNX OneHot, opset 11.</summary>
/// <param name="Axis">Where the axis stands in the result, counted from the end where negative.</param>
/// <remarks>Operands: the numbers, counted from the end where negative, all off where outside; the extent of the axis; two numbers, off and on.</remarks>
public sealed record OneHot(long Axis = -1) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        x.Numeric(0);
        var rank = x.Shape(0).Count + 1;
        Require(Axis >= -rank && Axis < rank, $"axis {Axis} of a result with {rank} axes");
        Require(x.Type(2).Rank == 1, $"the values must be off and on, they are {x.Type(2)}");
        x.Equal(x.Shape(2)[0], 2, $"the values must be off and on, they are {x.Type(2)}");
        return new([.. x.Shape(0)[..Along(rank)], Depth(x), .. x.Shape(0)[Along(rank)..]], x.Scalar(2));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var along = Along(at.Count);
        var place = x[0]([.. at[..along], .. at[(along + 1)..]]).As(Scalar.I64);
        return Expr.Select(Expr.Same(Expr.Select(place < 0, place + Depth(x), place), at[along]), x[2]([1]), x[2]([0]));
    }

    private static Expr Depth(Operands x) => x.MustKnow(1, "the depth") is [var depth] ? depth.As(Scalar.I64) : throw new TypeException($"the depth must be one number, it is {x.Type(1)}");

    private int Along(int rank) => (int)(Axis < 0 ? Axis + rank : Axis);

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.Of(Scalar.I64, 2, 3) with { Low = -7, High = 7 }, Operand.Constant(Scalar.I64, [], 5), Operand.Constant(Scalar.F32, [2], -1, 2)),
        new(this with { Axis = 0 }, Operand.Of(Scalar.I32, 4) with { Low = 0, High = 3 }, Operand.Constant(Scalar.I64, [1], 4), Operand.Of(Scalar.I8, 2)),
    ];
}
