namespace Lathe.Ir.Ops;

/// <summary>An operator of two operands of one kind, number by number, broadcast to a common shape.</summary>
public abstract record Pairwise : FormulaOp
{
    /// <summary>The result for two numbers, in their arithmetic kind.</summary>
    protected abstract Expr Of(Expr a, Expr b);

    /// <summary>The kind of the result, once the operands' kind is one that the operator takes.</summary>
    protected virtual Scalar Result(Operands x) => x.Numeric(0).Scalar;

    protected override TensorType InferOne(Operands x)
    {
        x.Alike(0, 1);
        return new(Broadcast.Shapes(x, 0, 1), Result(x));
    }

    public sealed override Expr At(Operands x, Seq<Expr> at, int result) => Of(Broadcast.Read(x, 0, at), Broadcast.Read(x, 1, at));

    public override IEnumerable<Example> Examples() => Between(-2, 2);

    /// <summary>Examples with the second operand in a range.</summary>
    protected IEnumerable<Example> Between(double low, double high) =>
    [
        new(this, Operand.F32(2, 1, 5), Operand.F32(3, 1) with { Low = low, High = high }),
        new(this, Operand.F32(4, 7), Operand.F32() with { Low = low, High = high }),
        new(this, Operand.F32(2, 6), Operand.Constant(Scalar.F32, [], high)),
        new(this, Operand.Of(Scalar.F16, 5), Operand.Of(Scalar.F16, 2, 5) with { Low = low, High = high }),
    ];

    /// <summary>Examples of whole numbers, every second one unsigned, with the second operand in a range.</summary>
    protected IEnumerable<Example> Wholes(double low, double high) => new[] { Scalar.I8, Scalar.U8, Scalar.I32, Scalar.U16, Scalar.I64 }
        .Select(kind => new Example(this, Operand.Of(kind, 3, 7), Operand.Of(kind, 7) with { Low = kind.IsSigned ? low : Math.Max(low, 0), High = high }));
}
