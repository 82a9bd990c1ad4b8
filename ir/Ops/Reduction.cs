namespace Lathe.Ir.Ops;

/// <summary>An operator that makes one number of all along some axes.</summary>
/// <param name="Keepdims">Whether reduced axes stay, with extent 1.</param>
/// <param name="NoopWithEmptyAxes">What no axes mean: none instead of all.</param>
/// <remarks>Operands: x; optionally the axes, counted from the end where negative.</remarks>
public abstract record Reduction(bool Keepdims, bool NoopWithEmptyAxes) : FormulaOp
{
    /// <summary>What becomes of the numbers that <paramref name="read"/> gives over these extents.</summary>
    protected abstract Expr Fold(Seq<Expr> extents, Func<Seq<Expr>, Expr> read);

    /// <summary>The kind of the result, once x has one that the operator takes.</summary>
    protected virtual Scalar Result(Operands x) => x.Numeric(0).Scalar;

    protected override TensorType InferOne(Operands x)
    {
        var (reduced, kind) = (Axes(x), Result(x));
        return new([.. x.Shape(0).Index().Where(e => Keepdims || !reduced.Contains(e.Index)).Select(e => reduced.Contains(e.Index) ? 1 : e.Item)], kind);
    }

    public sealed override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var reduced = Axes(x);
        return Fold([.. reduced.Select(axis => x.Shape(0)[axis])], k =>
        {
            var (inside, outside) = (0, 0);
            return x[0]([.. x.Shape(0).Select((_, axis) => reduced.Contains(axis) ? k[inside++] : at[Keepdims ? axis : outside++])]);
        });
    }

    /// <summary>The axes to reduce, in order.</summary>
    private List<int> Axes(Operands x)
    {
        var given = x.Has(1) && x.Type(1).Size is not Number { Integer: 0 } ? x.Wholes(1, "axes").Select(axis => x.Axis(axis)).Order().ToList() : [];
        return given.Count > 0 || NoopWithEmptyAxes ? given : [.. Enumerable.Range(0, x.Shape(0).Count)];
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(3, 4, 5), Operand.Wholes(1)),
        new(this, Operand.F32(3, 37), Operand.Wholes(-1)),
        new(this with { Keepdims = false }, Operand.F32(3, 4, 5), Operand.Wholes(0, -1)),
        new(this, Operand.F32(2, 3)),
        new(this with { NoopWithEmptyAxes = true }, Operand.F32(2, 3)),
        new(this, Operand.Of(Scalar.F16, 2, 5), Operand.Wholes(0)),
    ];
}
