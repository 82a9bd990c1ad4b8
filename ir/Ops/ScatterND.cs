namespace Lathe.Ir.Ops;

/// <summary>A copy of x in which slices are replaced, each found by the first axes of its index. ONNX ScatterND, opset 18.</summary>
/// <param name="Reduction">What becomes of the numbers that are there: none, add, mul, max or min.</param>
/// <remarks>Operands: x [D…]; indices [I…, n], counted from the end where negative; slices [I…] and what of D the n numbers leave. Equal indices are taken in row-major order.</remarks>
public sealed record ScatterND(string Reduction = "none") : StatementOp
{
    public override Seq<TensorType> Infer(Operands x)
    {
        Scattering.Check(Reduction);
        x.Alike(0, 2);
        var (shape, indices) = (x.Shape(0), x.Whole(1).Shape);
        Require(indices.Count >= 1 && Length(x) is var length && length >= 1 && length <= shape.Count, $"indices {x.Type(1)} and slices {x.Type(2)} into {x.Type(0)}");
        x.Equal(indices[^1], Length(x), $"numbers of an index {x.Type(1)} for slices {x.Type(2)} of {x.Type(0)}");
        Seq<Expr> wanted = [.. indices[..^1], .. shape[Length(x)..]];
        Require(wanted.Count == x.Shape(2).Count, $"slices {x.Type(2)} at indices {x.Type(1)} of {x.Type(0)} must be {wanted}");
        for (var axis = 0; axis < wanted.Count; axis++) x.Equal(wanted[axis], x.Shape(2)[axis], $"axis {axis} of slices {x.Type(2)} at indices {x.Type(1)} of {x.Type(0)}");
        for (var axis = 0; axis < Length(x); axis++) x.NotEmpty(shape[axis], x.Type(2).Size, $"axis {axis} of {x.Type(0)}");
        return [x.Type(0).Elementwise];
    }

    /// <summary>Numbers of an index: as many as the axes that slices lack, which says it also where the extent is open.</summary>
    private static int Length(Operands x) => x.Shape(0).Count + x.Shape(1).Count - 1 - x.Shape(2).Count;

    public override Stmt Body(Operands x, Seq<Buffer> results)
    {
        var (place, length) = (x.Shape(1).Count - 1, Length(x));
        return Stmts.Do(Scattering.Copy(x, results[0]), Scattering.Over(x.Shape(2), at => Scattering.Put(results[0],
            [.. Enumerable.Range(0, length).Select(i => Indexing.Wrapped(x[1]([.. at[..place], i]), x.Shape(0)[i])), .. at[place..]], x[2](at), Reduction)));
    }

    public override IEnumerable<Example> Examples() => new[] { "none", "add", "mul", "max", "min" }.Select(reduction => new Example(this with { Reduction = reduction },
        Operand.F32(4, 3), Operand.Constant(Scalar.I64, [3, 1], 1, -1, 1), Operand.F32(3, 3)));
}
