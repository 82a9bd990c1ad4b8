namespace Lathe.Ir.Ops;

/// <summary>The extents of a tensor's axes as a vector of i64. ONNX Shape, opset 25.</summary>
/// <param name="Start">The first axis, counted from the end where negative, held inside.</param>
/// <param name="End">The axis after the last, likewise.</param>
public sealed record Shape(long Start = 0, long End = long.MaxValue) : FormulaOp
{
    protected override TensorType InferOne(Operands x) => new([Extents(x).Count], Scalar.I64);

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var extents = Extents(x);
        if (extents is []) return 0;
        return at[0] is Number n ? extents[(int)n.Integer] : Enumerable.Range(0, extents.Count - 1).Reverse().Aggregate(extents[^1], (after, i) => Expr.Select(Expr.Same(at[0], i), extents[i], after));
    }

    private Seq<Expr> Extents(Operands x)
    {
        var (first, end) = (Held(Start), Held(End));
        return x.Shape(0).Slice(first, Math.Max(0, end - first));
        int Held(long axis) => (int)Math.Clamp(axis < 0 ? axis + x.Shape(0).Count : axis, 0, x.Shape(0).Count);
    }

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(2, 3, 5)), new(this with { Start = 1 }, Operand.F32(2, 3, 5)), new(this with { Start = -2, End = -1 }, Operand.F32(2, 3, 5))];
}
