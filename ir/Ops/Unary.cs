namespace Lathe.Ir.Ops;

/// <summary>An operator of one operand, number by number; the result has the operand's kind.</summary>
public abstract record Unary : FormulaOp
{
    /// <summary>The result for one number, in its arithmetic kind.</summary>
    protected abstract Expr Of(Expr x);

    protected override TensorType InferOne(Operands x) => x.Real(0).Elementwise;

    public sealed override Expr At(Operands x, Seq<Expr> at, int result) => Of(x[0](at));

    public override IEnumerable<Example> Examples() => Between(-2, 2);

    /// <summary>Examples over the part of the line on which the function is defined.</summary>
    protected IEnumerable<Example> Between(double low, double high) =>
    [
        new(this, Operand.F32(2, 3, 5) with { Low = low, High = high }),
        new(this, Operand.F32(37) with { Low = low, High = high }),
        new(this, Operand.Of(Scalar.F16, 3, 3) with { Low = low, High = high }),
    ];
}
