namespace Lathe.Ir.Ops;

/// <summary>The largest number of each part of each region of an image, the parts as many as the result's pixels. ONNX MaxRoiPool, opset 22.</summary>
/// <param name="PooledShape">Rows and columns of the result.</param>
/// <param name="SpatialScale">From the regions' coordinates to pixels.</param>
/// <remarks>Operands: the image [N, C, rows, columns]; regions [count, 5]: image, left, top, right, bottom, the last two inside. Result: [count, C, rows', columns']; a part without a pixel is 0.</remarks>
public sealed record MaxRoiPool(Seq<long> PooledShape, float SpatialScale = 1) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(x.Real(0).Rank == 4 && x.Type(1).Rank == 2 && x.Shape(1)[1] is Number { Integer: 5 }, $"the image must be [N, C, rows, columns] and regions [count, 5], they are {x.Type(0)} and {x.Type(1)}");
        Require(PooledShape is [> 0, > 0], $"pooled_shape must be rows and columns, it is {PooledShape}");
        x.Alike(0, 1);
        x.NotEmpty(x.Shape(0)[0], Linear.Simplify(x.Shape(1)[0] * x.Shape(0)[1]), $"axis 0 of {x.Type(0)}");
        return new([x.Shape(1)[0], x.Shape(0)[1], PooledShape[0], PooledShape[1]], x.Scalar(0));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        Expr Of(int part) => x[1]([at[0], part]);
        var image = Expr.Clamp(Of(0).As(Scalar.I64), 0, x.Shape(0)[0] - 1);
        var (rows, columns) = (Part(Of(2), Of(4), at[2], PooledShape[0], x.Shape(0)[2]), Part(Of(1), Of(3), at[3], PooledShape[1], x.Shape(0)[3]));
        var least = Reduce.Identity(ReduceKind.Max, x.Scalar(0).Arithmetic);
        var largest = Expr.Largest([x.Shape(0)[2], x.Shape(0)[3]], k =>
            Expr.Select((rows.From <= k[0]) & (k[0] < rows.To) & (columns.From <= k[1]) & (k[1] < columns.To), x[0]([image, at[1], k[0], k[1]]), least));
        return Expr.Select((rows.From < rows.To) & (columns.From < columns.To), largest, 0);
    }

    /// <summary>The pixels of a part along one axis.</summary>
    private (Expr From, Expr To) Part(Expr low, Expr high, Expr part, long parts, Expr extent)
    {
        // Halves are rounded up, as the first implementation (Fast R-CNN) did.
        Expr Pixel(Expr place) => Expr.Floor(place * (double)SpatialScale + 0.5);
        var (start, length) = (Pixel(low), Expr.Max(Pixel(high) - Pixel(low) + 1.0, 1));
        var size = length / (double)parts;
        Expr Bound(Expr place) => Expr.Clamp((place + start).As(Scalar.I64), 0, extent);
        return (Bound(Expr.Floor(part.As(low.Type) * size)), Bound(Call.Of(Function.Ceil, (part + 1).As(low.Type) * size)));
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this with { PooledShape = [2, 3] }, Operand.F32(1, 2, 6, 7), Operand.Constant(Scalar.F32, [2, 5], 0, 1, 1, 5, 4, 0, 0, 2, 6, 5)),
        new(this with { PooledShape = [2, 2], SpatialScale = 0.5f }, Operand.F32(2, 1, 4, 4), Operand.Constant(Scalar.F32, [1, 5], 1, 2, 1, 7, 6)),
    ];
}
