namespace Lathe.Ir.Ops;

/// <summary>The places that matrices map a regular grid to, as GridSample reads them. ONNX AffineGrid, opset 20.</summary>
/// <param name="AlignCorners">Whether -1 and 1 are the centers of the corner elements, else their outer edges.</param>
/// <remarks>Operands: matrices [N, r, r + 1]; the shape [N, C, D…] of the image. The result is [N, D…, r], the last axis of the image first.</remarks>
public sealed record AffineGrid(bool AlignCorners = false) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        var size = x.MustKnow(1, "the size");
        Require(size.Count is 4 or 5 && x.Type(0).Rank == 3, $"the matrices must be [N, r, r + 1] and the size [N, C, D…], they are {x.Type(0)} and {size}");
        x.Equal(x.Shape(0)[0], size[0], $"matrices {x.Type(0)} for the size {size}");
        x.Equal(x.Shape(0)[1], size.Count - 2, $"rows of the matrices {x.Type(0)} for the size {size}");
        x.Equal(x.Shape(0)[2], size.Count - 1, $"columns of the matrices {x.Type(0)} for the size {size}");
        return new([size[0], .. size[2..], size.Count - 2], x.Real(0).Scalar);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (extents, kind) = (x.MustKnow(1, "the size")[2..], x.Scalar(0).Arithmetic);
        var sum = x[0]([at[0], at[^1], extents.Count]);
        for (var i = 0; i < extents.Count; i++)
        {
            var (place, extent) = (at[extents.Count - i].As(kind), extents[extents.Count - 1 - i]);
            var along = AlignCorners ? place * 2.0 / Expr.Max(extent - 1, 1).As(kind) - 1.0 : (place * 2.0 + 1.0) / extent.As(kind) - 1.0;
            sum += x[0]([at[0], at[^1], i]) * along;
        }
        return sum;
    }

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(2, 2, 3), Operand.Wholes(2, 3, 4, 5)), new(this with { AlignCorners = true }, Operand.F32(1, 3, 4), Operand.Wholes(1, 2, 2, 3, 4))];
}
