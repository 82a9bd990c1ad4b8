namespace Lathe.Ir.Ops;

/// <summary>A question about two numbers, broadcast to a common shape; with NaN only "equal or not" can be answered, and the answer is no.</summary>
public abstract record Comparison : Pairwise
{
    protected override Scalar Result(Operands x)
    {
        x.Numeric(0);
        return Scalar.Bool;
    }

    public override IEnumerable<Example> Examples() =>
    [
        .. Between(-2, 2), .. Wholes(-9, 9),
        new(this, Operand.Constant(Scalar.F32, [4], double.NaN, -0.0, 1, double.PositiveInfinity), Operand.Constant(Scalar.F32, [3, 1], 0, double.NaN, double.PositiveInfinity)),
    ];
}
