namespace Lathe.Ir.Ops;

/// <summary>Reverses the beginning of each sequence of a batch. ONNX ReverseSequence, opset 10.</summary>
/// <param name="BatchAxis">The axis of sequences, 0 or 1.</param>
/// <param name="TimeAxis">The axis along which they are reversed, 0 or 1.</param>
/// <remarks>Operands: x; how many elements of each sequence are reversed.</remarks>
public sealed record ReverseSequence(long BatchAxis = 1, long TimeAxis = 0) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(BatchAxis is 0 or 1 && TimeAxis == 1 - BatchAxis && x.Type(0).Rank >= 2, $"batch_axis {BatchAxis} and time_axis {TimeAxis} of {x.Type(0)}");
        Require(x.Whole(1).Rank == 1, $"the lengths must be a vector, they are {x.Type(1)}");
        x.Equal(x.Shape(1)[0], x.Shape(0)[(int)BatchAxis], $"lengths {x.Type(1)} of the sequences of {x.Type(0)}");
        return x.Type(0).Elementwise;
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (length, place) = (x[1]([at[(int)BatchAxis]]).As(Scalar.I64), at[(int)TimeAxis]);
        return x[0](at.With((int)TimeAxis, Expr.Select(place < length, Expr.Clamp(length - 1 - place, 0, x.Shape(0)[(int)TimeAxis] - 1), place)));
    }

    public override IEnumerable<Example> Examples() =>
        [new(this, Operand.F32(4, 3, 2), Operand.Wholes(4, 1, 3)), new(this with { BatchAxis = 0, TimeAxis = 1 }, Operand.F32(3, 5), Operand.Of(Scalar.I64, 3) with { Low = 1, High = 5 })];
}
