namespace Lathe.Ir.Ops;

/// <summary>A window that is a sum of cosines over its length.</summary>
/// <param name="OutputDatatype">The kind of the result.</param>
/// <param name="Periodic">Whether the window ends one step before it would reach its first value again.</param>
/// <remarks>Operand: the length, known when compiling.</remarks>
public abstract record CosineWindow(Scalar OutputDatatype, bool Periodic) : FormulaOp
{
    /// <summary>The factor of each cosine, from the one that stands still on; signs alternate.</summary>
    protected abstract Seq<double> Factors { get; }

    protected override TensorType InferOne(Operands x) => new([Length(x)], OutputDatatype);

    public sealed override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var turn = at[0].As(Scalar.F64) * (2 * Math.PI) / (Periodic ? Length(x) : Expr.Max(Length(x) - 1, 1)).As(Scalar.F64);
        var (sum, sign) = (Number.Of(Scalar.F64, Factors[0]), -1);
        for (var i = 1; i < Factors.Count; i++, sign = -sign) sum += Call.Of(Function.Cos, turn * (double)i) * (sign * Factors[i]);
        return sum.As(OutputDatatype.Arithmetic);
    }

    private static Expr Length(Operands x) => x.MustKnow(0, "the length") is [var length] ? length.As(Scalar.I64) : throw new TypeException($"the length must be one number, it is {x.Type(0)}");

    public override IEnumerable<Example> Examples() => [new(this, Operand.Constant(Scalar.I64, [], 10)), new(this with { Periodic = false }, Operand.Constant(Scalar.I32, [], 7))];
}
