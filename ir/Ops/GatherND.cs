namespace Lathe.Ir.Ops;

/// <summary>Picks slices of a tensor by the first axes of their index. ONNX GatherND, opset 13.</summary>
/// <param name="BatchDims">First axes that x and the indices have in common.</param>
/// <remarks>Operands: x [B…, D…]; indices [B…, I…, n], counted from the end where negative. The result is [B…, I…] and what of D the n numbers leave.</remarks>
public sealed record GatherND(long BatchDims = 0) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        var (shape, indices, batch) = (x.Shape(0), x.Whole(1).Shape, (int)BatchDims);
        Require(indices.Count > batch && shape.Count > batch && batch >= 0, $"batch_dims {BatchDims} of {x.Type(0)} and {x.Type(1)}");
        Require(indices[^1] is Number { Integer: >= 1 } n && n.Integer <= shape.Count - batch, $"indices {x.Type(1)} into {x.Type(0)} after {BatchDims} batch axes");
        for (var axis = 0; axis < batch; axis++) x.Equal(shape[axis], indices[axis], $"batch axis {axis} of {x.Type(0)} and {x.Type(1)}");
        var result = new TensorType([.. indices[..^1], .. shape[(batch + (int)indices[^1].Whole)..]], x.Scalar(0));
        for (var axis = batch; axis < batch + (int)indices[^1].Whole; axis++) x.NotEmpty(shape[axis], result.Size, $"axis {axis} of {x.Type(0)}");
        return result;
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (place, length, batch) = (x.Shape(1).Count - 1, (int)x.Shape(1)[^1].Whole, (int)BatchDims);
        return x[0]([.. at[..batch], .. Enumerable.Range(0, length).Select(i => Indexing.Wrapped(x[1]([.. at[..place], i]), x.Shape(0)[batch + i])), .. at[place..]]);
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(3, 4), Operand.Of(Scalar.I64, 5, 2) with { Low = -3, High = 2 }),
        new(this, Operand.F32(3, 4, 2), Operand.Of(Scalar.I64, 2, 2, 1) with { Low = 0, High = 2 }),
        new(this with { BatchDims = 1 }, Operand.F32(2, 3, 4), Operand.Of(Scalar.I64, 2, 1) with { Low = 0, High = 2 }),
    ];
}
