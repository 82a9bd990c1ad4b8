namespace Lathe.Ir.Ops;

/// <summary>A copy of x in which numbers along an axis are replaced, each at its own place. ONNX ScatterElements, opset 18.</summary>
/// <param name="Axis">Counted from the end where negative.</param>
/// <param name="Reduction">What becomes of the number that is there: none, add, mul, max or min.</param>
/// <remarks>Operands: x; places along the axis, counted from the end where negative; numbers of the shape of the places. Equal places are taken in row-major order.</remarks>
public sealed record ScatterElements(long Axis = 0, string Reduction = "none") : StatementOp
{
    public override Seq<TensorType> Infer(Operands x)
    {
        var along = x.Axis(Axis);
        x.Alike(0, 2);
        Scattering.Check(Reduction);
        Require(x.Whole(1).Rank == x.Type(0).Rank && x.Type(2).Rank == x.Type(0).Rank, $"places {x.Type(1)} and numbers {x.Type(2)} must have the rank of {x.Type(0)}");
        for (var axis = 0; axis < x.Type(0).Rank; axis++) x.Equal(x.Shape(1)[axis], x.Shape(2)[axis], $"axis {axis} of places {x.Type(1)} and numbers {x.Type(2)}");
        x.NotEmpty(x.Shape(0)[along], x.Type(1).Size, $"axis {along} of {x.Type(0)}");
        foreach (var (axis, places) in x.Shape(1).Index()) if (axis != along) x.Check(places <= x.Shape(0)[axis], $"places {x.Type(1)} beyond axis {axis} of {x.Type(0)}");
        return [x.Type(0).Elementwise];
    }

    public override Stmt Body(Operands x, Seq<Buffer> results)
    {
        var along = x.Axis(Axis);
        return Stmts.Do(Scattering.Copy(x, results[0]), Scattering.Over(x.Shape(1), at =>
            Scattering.Put(results[0], at.With(along, Indexing.Wrapped(x[1](at), x.Shape(0)[along])), x[2](at), Reduction)));
    }

    public override IEnumerable<Example> Examples() => new[] { "none", "add", "mul", "max", "min" }.Select(reduction => new Example(this with { Axis = 1, Reduction = reduction },
        Operand.F32(2, 5), Operand.Constant(Scalar.I64, [2, 3], 1, 4, -2, 0, 0, 3), Operand.F32(2, 3)));
}
