namespace Lathe.Ir.Ops;

/// <summary>An operator of any number of operands of one kind, number by number, broadcast to a common shape.</summary>
public abstract record Variadic : FormulaOp
{
    /// <summary>Takes one more operand into the result.</summary>
    protected abstract Expr Of(Expr sofar, Expr next);

    /// <summary>What becomes of the result of <paramref name="count"/> operands.</summary>
    protected virtual Expr Finish(Expr all, int count) => all;

    protected override TensorType InferOne(Operands x)
    {
        x.Alike(Enumerable.Range(0, x.Count));
        return new(Broadcast.Shapes(x, Enumerable.Range(0, x.Count)), x.Numeric(0).Scalar);
    }

    public sealed override Expr At(Operands x, Seq<Expr> at, int result) =>
        Finish(Enumerable.Range(0, x.Count).Select(i => Broadcast.Read(x, i, at)).Aggregate(Of), x.Count);

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(2, 1, 5), Operand.F32(3, 1), Operand.F32()),
        new(this, Operand.F32(7)),
        new(this, Operand.F32(3, 7), Operand.Constant(Scalar.F32, [], 0.5)),
        new(this, Operand.Of(Scalar.F16, 2, 3), Operand.Of(Scalar.F16, 3)),
    ];
}
