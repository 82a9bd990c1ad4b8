namespace Lathe.Ir.Ops;

/// <summary>Pools regions of feature maps, read between pixels at evenly spaced places (Mask R-CNN, arXiv 1703.06870). ONNX RoiAlign, opset 22.</summary>
/// <param name="CoordinateTransformationMode">half_pixel, or output_half_pixel, which does not move regions by half a pixel and makes none smaller than one.</param>
/// <param name="Mode">avg or max.</param>
/// <param name="OutputHeight">Rows of the result.</param>
/// <param name="OutputWidth">Columns of the result.</param>
/// <param name="SamplingRatio">Places along each side of a cell; 0 for one to each pixel.</param>
/// <param name="SpatialScale">Pixels of x to one of the regions' coordinates.</param>
/// <remarks>Operands: x [N, C, H, W]; regions [R, 4] as x and y of two corners; the image of each region [R]. The result is [R, C, rows, columns].</remarks>
public sealed record RoiAlign(string CoordinateTransformationMode = "half_pixel", string Mode = "avg", long OutputHeight = 1, long OutputWidth = 1, long SamplingRatio = 0, float SpatialScale = 1) : StatementOp
{
    public override Seq<TensorType> Infer(Operands x)
    {
        Require(Mode is "avg" or "max" && CoordinateTransformationMode is "half_pixel" or "output_half_pixel", $"mode {Mode} and coordinate_transformation_mode {CoordinateTransformationMode}");
        Require(x.Type(0).Rank == 4 && x.Type(1).Rank == 2 && x.Whole(2).Rank == 1, $"x must be [N, C, H, W], regions [R, 4] and their images [R], they are {x.Type(0)}, {x.Type(1)} and {x.Type(2)}");
        x.Equal(x.Shape(1)[1], 4, $"numbers of a region in {x.Type(1)}");
        x.Equal(x.Shape(2)[0], x.Shape(1)[0], $"images {x.Type(2)} of the regions {x.Type(1)}");
        var result = new TensorType([x.Shape(1)[0], x.Shape(0)[1], OutputHeight, OutputWidth], x.Real(0).Scalar);
        foreach (var axis in new[] { 0, 2, 3 }) x.NotEmpty(x.Shape(0)[axis], result.Size, $"axis {axis} of {x.Type(0)}");
        return [result];
    }

    public override Stmt Body(Operands x, Seq<Buffer> results)
    {
        var kind = x.Scalar(0).Arithmetic;
        var (high, wide, total) = (new Buffer("high", Scalar.I64, [], Space.Registers), new Buffer("wide", Scalar.I64, [], Space.Registers), new Buffer("total", kind, [], Space.Registers));
        return Scattering.Over(results[0].Shape, at =>
        {
            var image = Indexing.Wrapped(x[2]([at[0]]), x.Shape(0)[0]);
            var (rows, columns) = (Side(x, at, 0), Side(x, at, 1));
            Expr Corner((Expr Index, Expr Weight) row, (Expr Index, Expr Weight) column) => x[0]([image, at[1], row.Index, column.Index]) * row.Weight.As(kind) * column.Weight.As(kind);
            var combine = Mode == "avg" ? (Func<Expr, Expr, Expr>)((a, b) => a + b) : Expr.Max;
            Expr Place(Expr row, Expr column) => Taps(rows.Place(row), x.Shape(0)[2]).SelectMany(y => Taps(columns.Place(column), x.Shape(0)[3]).Select(z => Corner(y, z))).Aggregate(combine);
            return new Scratch(high, new Scratch(wide, new Scratch(total, Stmts.Do(
                high.Set([], rows.Count),
                wide.Set([], columns.Count),
                total.Set([], Reduce.Identity(Mode == "avg" ? ReduceKind.Sum : ReduceKind.Max, kind)),
                Stmts.For("p", high[[]], row => Stmts.For("q", wide[[]], column => total.Set([], combine(total[[]], Place(row, column))))),
                results[0].Set(at, (Mode == "avg" ? total[[]] / (high[[]] * wide[[]]).As(kind) : total[[]]).As(results[0].Scalar))))));
        });
    }

    /// <summary>How many places a cell has along rows or columns, and where each is.</summary>
    private (Expr Count, Func<Expr, Expr> Place) Side(Operands x, Seq<Expr> at, int side)
    {
        var cells = side == 0 ? OutputHeight : OutputWidth;
        Expr Edge(int corner) => x[1]([at[0], corner * 2 + 1 - side]).As(Scalar.F32) * SpatialScale - (CoordinateTransformationMode == "half_pixel" ? 0.5 : 0);
        var extent = Edge(1) - Edge(0);
        if (CoordinateTransformationMode == "output_half_pixel") extent = Expr.Max(extent, 1);
        var cell = extent / (double)cells;
        var count = SamplingRatio > 0 ? SamplingRatio : Expr.Max(Call.Of(Function.Ceil, cell).As(Scalar.I64), 1);
        return (count, k => Edge(0) + at[2 + side].As(Scalar.F32) * cell + (k.As(Scalar.F32) + 0.5) * cell / count.As(Scalar.F32));
    }

    /// <summary>The two pixels around a place; beyond a pixel outside nothing counts, nearer the edge counts as the place.</summary>
    private static Seq<(Expr Index, Expr Weight)> Taps(Expr place, Expr extent)
    {
        var counts = Expr.Select((place >= -1) & (place <= extent.As(Scalar.F32)), Number.Of(Scalar.F32, 1.0), 0);
        var held = Expr.Clamp(place, 0, (extent - 1).As(Scalar.F32));
        var low = Expr.Clamp(held.As(Scalar.I64), 0, extent - 1);
        var fraction = held - low.As(Scalar.F32);
        return [(low, (1.0 - fraction) * counts), (Expr.Min(low + 1, extent - 1), fraction * counts)];
    }

    public override IEnumerable<Example> Examples()
    {
        Operand regions = Operand.Constant(Scalar.F32, [3, 4], 0, 0, 5, 4, 1.5, 0.5, 3, 3.5, -2, 1, 9, 2), images = Operand.Constant(Scalar.I64, [3], 0, 1, 0);
        yield return new(this with { OutputHeight = 2, OutputWidth = 3, SamplingRatio = 2 }, Operand.F32(2, 2, 5, 6), regions, images);
        yield return new(this with { OutputHeight = 2, OutputWidth = 2, Mode = "max", CoordinateTransformationMode = "output_half_pixel", SpatialScale = 0.5f, SamplingRatio = 3 }, Operand.F32(2, 2, 5, 6), regions, images);
        yield return new(this with { OutputHeight = 2, OutputWidth = 2 }, Operand.F32(2, 2, 5, 6), regions, images);
    }
}
