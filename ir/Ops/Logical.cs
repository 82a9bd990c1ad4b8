namespace Lathe.Ir.Ops;

/// <summary>Logic on truth values, broadcast to a common shape.</summary>
public abstract record Logical : Pairwise
{
    protected override Scalar Result(Operands x) => x.Bool(0).Scalar;

    public override IEnumerable<Example> Examples() => [new(this, Operand.Of(Scalar.Bool, 3, 1, 5), Operand.Of(Scalar.Bool, 4, 1)), new(this, Operand.Of(Scalar.Bool, 6), Operand.Of(Scalar.Bool))];
}
