namespace Lathe.Ir.Ops;

/// <summary>The same numbers in row-major order under another shape. ONNX Reshape, opset 25.</summary>
/// <param name="Allowzero">Whether 0 in the shape means no element instead of the extent of x.</param>
/// <remarks>
/// Operands: x; the shape, in which one -1 is whatever is left over. Where only a run knows it, the importer has <see cref="ResolvedShape"/> work out the extents.
/// </remarks>
public sealed record Reshape(bool Allowzero = false) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        // Of no element a shape may have any extents: those that a run decides hold no more than x would with 1 in place of 0.
        var most = x.Shape(0).Aggregate((Expr)1, (size, extent) => Linear.Simplify(size * Expr.Max(extent, 1)));
        var (from, wanted) = (x.Shape(0), x.MustKnow(1, "the shape", Linear.Range(x.Type(0).Size).Low > 0 ? 1 : 0, most, new(new ResolvedShape(Allowzero), most)));
        var (to, open) = (new Expr[wanted.Count], -1);
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = wanted[i];
            if (to[i] is not Number { Integer: var extent }) continue;
            Require(extent >= -1, $"the shape {wanted} has {extent} along axis {i}");
            if (extent == -1)
            {
                Require(open < 0, $"the shape {wanted} leaves two axes open");
                (open, to[i]) = (i, 1);
            }
            else if (extent == 0 && !Allowzero)
            {
                Require(i < from.Count, $"the shape {wanted} keeps axis {i}, {x.Type(0)} has none");
                to[i] = from[i];
            }
        }
        Require(open < 0 || !Allowzero || !wanted.Contains(0), $"the shape {wanted} leaves an axis open beside one of no element");
        var (all, given) = Uncommon(from, to, open >= 0);
        if (open < 0) x.Equal(all, given, $"{x.Type(0)} under the shape {wanted}: the number of elements");
        else
        {
            x.Check(0 < given, $"the shape {wanted} leaves an axis open beside one of no element");
            x.Check(Expr.Same(Linear.Simplify(all % given), 0), $"{x.Type(0)} cannot have the shape {wanted}: {all} is not a multiple of {given}");
            to[open] = Linear.Simplify(all / given);
        }
        return new(new(to), x.Scalar(0));
    }

    /// <summary>The elements that each shape holds, extents that both have left out.</summary>
    /// <param name="empty">Whether extents of 0 are left out too, so that an axis left open has what the others leave it.</param>
    private static (Expr, Expr) Uncommon(Seq<Expr> from, Expr[] to, bool empty)
    {
        var (left, given) = (from.ToList(), (Expr)1);
        foreach (var extent in to)
        {
            var same = !empty && extent is Number { Integer: 0 } ? -1 : left.FindIndex(other => Linear.ProvesEqual(extent, other));
            if (same >= 0) left.RemoveAt(same);
            else given = Linear.Simplify(given * extent);
        }
        return (left.Aggregate((Expr)1, (size, extent) => Linear.Simplify(size * extent)), given);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) => x[0](Indexing.Reshaped(InferOne(x).Shape, x.Shape(0), at));

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(2, 3, 4), Operand.Wholes(6, 4)),
        new(this, Operand.F32(2, 3, 4), Operand.Wholes(4, 0, -1)),
        new(this, Operand.F32(2, 3, 4), Operand.Wholes(-1)),
        new(this, Operand.F32(6, 35), Operand.Wholes(2, 3, 5, 7)),
        new(this, Operand.F32(1), Operand.Constant(Scalar.I64, [0])),
        new(this with { Allowzero = true }, Operand.F32(0, 3), Operand.Wholes(3, 0)),
    ];
}
