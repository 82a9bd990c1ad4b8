namespace Lathe.Ir.Ops;

/// <summary>Where along an axis the largest or smallest number is, as an i64; the first NaN, if there is one.</summary>
/// <param name="Axis">Counted from the end where negative.</param>
/// <param name="Keepdims">Whether the axis stays, with extent 1.</param>
/// <param name="SelectLastIndex">Which of equal ones: the last instead of the first.</param>
public abstract record ArgExtreme(long Axis, bool Keepdims, bool SelectLastIndex) : FormulaOp
{
    /// <summary>Which number is looked for.</summary>
    protected abstract ReduceKind Kind { get; }

    protected override TensorType InferOne(Operands x)
    {
        x.Numeric(0);
        var along = x.Axis(Axis);
        var others = x.Shape(0).With(along, 1).Aggregate((Expr)1, (size, extent) => Linear.Simplify(size * extent));
        x.NotEmpty(x.Shape(0)[along], others, $"axis {along} of {x.Type(0)}");
        return new([.. x.Shape(0)[..along], .. Keepdims ? new Expr[] { 1 } : [], .. x.Shape(0)[(along + 1)..]], Scalar.I64);
    }

    public sealed override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var along = x.Axis(Axis);
        var (before, after, extent) = (at[..along], at[(Keepdims ? along + 1 : along)..], x.Shape(0)[along]);
        Expr Read(Expr k) => x[0]([.. before, k, .. after]);
        var extreme = Expr.Reduce(Kind, [extent], k => Read(k[0]));
        return Expr.Reduce(SelectLastIndex ? ReduceKind.Max : ReduceKind.Min, [extent], k => Expr.Select(Is(Read(k[0])), k[0], SelectLastIndex ? 0 : extent - 1));

        Expr Is(Expr number) => number.Type.IsReal ? Expr.Same(number, extreme) | Call.Of(Function.IsNan, number) : Expr.Same(number, extreme);
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(3, 5)),
        new(this with { Axis = -1, Keepdims = false }, Operand.F32(2, 3, 19)),
        new(this with { Axis = 1, SelectLastIndex = true }, Operand.Of(Scalar.I8, 3, 9) with { Low = 0, High = 2 }),
        new(this with { Axis = 1 }, Operand.Of(Scalar.I8, 3, 9) with { Low = 0, High = 2 }),
        new(this, Operand.Constant(Scalar.F32, [4], 1, double.NaN, 3, double.NegativeInfinity)),
    ];
}
