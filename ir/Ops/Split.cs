namespace Lathe.Ir.Ops;

/// <summary>Cuts a tensor into pieces along an axis. ONNX Split, opset 18.</summary>
/// <param name="Axis">Counted from the end where negative.</param>
/// <param name="NumOutputs">Pieces, as even as they can be and the last one the smallest; not needed where their extents are given.</param>
/// <remarks>Operands: x; optionally the extent of each piece.</remarks>
public sealed record Split(long Axis = 0, long NumOutputs = 0) : FormulaOp
{
    public override Seq<TensorType> Infer(Operands x)
    {
        var (along, extents) = (x.Axis(Axis), Extents(x));
        var extent = x.Shape(0)[along];
        if (x.Has(1)) x.Equal(extents.Aggregate((sum, next) => Linear.Simplify(sum + next)), extent, $"the pieces {extents} of {x.Type(0)} along axis {along}");
        return [.. extents.Select(piece => new TensorType(x.Shape(0).With(along, piece), x.Scalar(0)))];
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var along = x.Axis(Axis);
        return x[0](at.With(along, Linear.Simplify(Extents(x)[..result].Aggregate(at[along], (sum, piece) => sum + piece))));
    }

    private Seq<Expr> Extents(Operands x)
    {
        if (x.Has(1)) return x.MustKnow(1, "the extents of the pieces", 0, x.Shape(0)[x.Axis(Axis)]);
        Require(NumOutputs >= 1, $"num_outputs is {NumOutputs} and the extents of the pieces are not given");
        var extent = x.Shape(0)[x.Axis(Axis)];
        var piece = Linear.Simplify((extent + (NumOutputs - 1)) / NumOutputs);
        return [.. Enumerable.Repeat(piece, (int)NumOutputs - 1), Linear.Simplify(extent - piece * (NumOutputs - 1))];
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this with { NumOutputs = 3 }, Operand.F32(6, 2)),
        new(this with { Axis = -1, NumOutputs = 4 }, Operand.F32(2, 7)),
        new(this with { Axis = 1 }, Operand.F32(2, 7, 3), Operand.Wholes(2, 5)),
    ];
}
