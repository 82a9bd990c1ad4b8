namespace Lathe.Ir.Ops;

/// <summary>Logic on the bits of whole numbers, broadcast to a common shape.</summary>
public abstract record Bitwise : Pairwise
{
    protected override Scalar Result(Operands x) => x.Whole(0).Scalar;

    public override IEnumerable<Example> Examples() => Wholes(-9, 9);
}
