namespace Lathe.Ir.Ops;

/// <summary>The extents that a shape with 0 and -1 in it stands for: what Reshape makes of its second operand, where only a run knows that.</summary>
/// <param name="Allowzero">Whether 0 means no element instead of the extent of x.</param>
/// <remarks>
/// Operands: x, of which nothing but the shape counts; the shape. An entry that stands for no extent stays below 0: a second -1, what is less than -1,
/// 0 along an axis that x has not, -1 beside an axis of no element. Not of ONNX: the importer puts it in front of <see cref="Measure"/>.
/// </remarks>
[NotOfOnnx]
public sealed record ResolvedShape(bool Allowzero = false) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(x.Whole(1) is { Rank: 1, IsStatic: true }, $"the shape is a list, {x.Type(1)} is none");
        return new(x.Shape(1), Scalar.I64);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (from, count) = (x.Shape(0), (int)x.Shape(1)[0].Whole);
        if (count == 0) return 0;
        var entries = Enumerable.Range(0, count).Select(i => x[1]([i]).As(Scalar.I64)).ToList();
        Expr IsCopied(int axis) => axis < count && !Allowzero ? Expr.Same(entries[axis], 0) : false;
        // Extents that are copied stand on both sides and are left out, so that an axis left open has what the others leave it even of no element.
        var all = from.Index().Aggregate((Expr)1, (size, axis) => size * Expr.Select(IsCopied(axis.Index), 1, axis.Item));
        var given = entries.Aggregate((Expr)1, (size, entry) => size * Expr.Select(Allowzero ? 0 <= entry : 0 < entry, entry, 1));
        var open = entries.Aggregate((Expr)0, (sum, entry) => sum + Expr.Select(Expr.Same(entry, -1), 1, 0));
        var left = Expr.Select(Expr.Same(open, 1) & (0 < given), all / Expr.Max(given, 1), -1);
        Expr Extent(int i) => Expr.Select(Expr.Same(entries[i], -1), left, Expr.Select(IsCopied(i), i < from.Count ? from[i] : -1, entries[i]));
        return at[0] is Number n ? Extent((int)n.Integer) : Enumerable.Range(0, count - 1).Reverse().Aggregate(Extent(count - 1), (after, i) => Expr.Select(Expr.Same(at[0], i), Extent(i), after));
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(2, 3, 4), Operand.Wholes(6, -1)),
        new(this, Operand.F32(2, 3, 4), Operand.Wholes(0, -1, 2, 0)),
        new(this, Operand.F32(2, 3, 4), Operand.Of(Scalar.I64, 4) with { Low = -1, High = 3 }),
        new(this with { Allowzero = true }, Operand.F32(0, 3), Operand.Of(Scalar.I64, 3) with { Low = -1, High = 1 }),
    ];
}
