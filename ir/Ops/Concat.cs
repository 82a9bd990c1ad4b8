namespace Lathe.Ir.Ops;

/// <summary>Operands one after another along an axis. ONNX Concat, opset 13.</summary>
/// <param name="Axis">Counted from the end where negative.</param>
public sealed record Concat(long Axis) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        x.Alike(Enumerable.Range(0, x.Count));
        var (along, shape) = (x.Axis(Axis), x.Shape(0).ToArray());
        for (var i = 1; i < x.Count; i++)
        {
            Require(x.Shape(i).Count == shape.Length, $"operands must have equally many axes, they are {x.Type(0)} and {x.Type(i)}");
            for (var axis = 0; axis < shape.Length; axis++)
                shape[axis] = axis == along ? Linear.Simplify(shape[axis] + x.Shape(i)[axis]) : x.Equal(shape[axis], x.Shape(i)[axis], $"{x.Type(0)} and {x.Type(i)} along axis {axis}");
        }
        return new(new(shape), x.Scalar(0));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var along = x.Axis(Axis);
        var (pieces, start) = (new List<(Expr End, Expr Number)>(), (Expr)0);
        for (var i = 0; i < x.Count; i++)
        {
            var (end, index) = (Linear.Simplify(start + x.Shape(i)[along]), Linear.Simplify(at[along] - start));
            var (before, after) = (Linear.Decided(at[along] < end), Linear.Decided(start <= at[along]));
            if (before is not Number { Integer: 0 } && after is not Number { Integer: 0 })
                pieces.Add((end, x[i](at.With(along, index), before is Number && after is Number ? null : 0)));
            start = end;
        }
        // Beyond every piece: a number in the branch of a select that is not taken.
        if (pieces.Count == 0) return x[0](at, 0);
        // The last piece that can be meant needs no question.
        return pieces.SkipLast(1).Reverse().Aggregate(pieces[^1].Number, (after, piece) => Expr.Select(at[along] < piece.End, piece.Number, after));
    }

    public override Seq<Seq<Expr>>? Places(Operands x)
    {
        var (along, places, start) = (x.Axis(Axis), new Seq<Expr>[x.Count], (Expr)0);
        for (var i = 0; i < places.Length; i++)
        {
            var place = start;
            places[i] = [.. x.Shape(i).Select((_, axis) => axis == along ? place : 0)];
            start = Linear.Simplify(start + x.Shape(i)[along]);
        }
        return new(places);
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this with { Axis = 1 }, Operand.F32(2, 3, 4), Operand.F32(2, 5, 4), Operand.F32(2, 1, 4)),
        new(this with { Axis = -1 }, Operand.F32(3, 5), Operand.F32(3, 4)),
        new(this with { Axis = 0 }, Operand.F32(7)),
        new(this with { Axis = 0 }, Operand.Of(Scalar.I64, 2), Operand.Of(Scalar.I64, 1)),
    ];
}
