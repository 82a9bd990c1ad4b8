namespace Lathe.Ir.Ops;

/// <summary>Puts in axes of extent 1. ONNX Unsqueeze, opset 25.</summary>
/// <remarks>Operands: x; the places of the new axes in the result, counted from the end where negative.</remarks>
public sealed record Unsqueeze : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        var (added, next) = (Added(x), 0);
        return new([.. Enumerable.Range(0, x.Shape(0).Count + added.Count).Select(axis => added.Contains(axis) ? 1 : x.Shape(0)[next++])], x.Scalar(0));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var added = Added(x);
        return x[0]([.. at.Where((_, axis) => !added.Contains(axis))]);
    }

    private static HashSet<int> Added(Operands x)
    {
        var axes = x.Wholes(1, "axes");
        var rank = x.Shape(0).Count + axes.Length;
        var added = axes.Select(axis => (int)(axis < 0 ? axis + rank : axis)).ToHashSet();
        Require(added.Count == axes.Length && added.All(axis => axis >= 0 && axis < rank), $"axes {string.Join(", ", axes)} of a result with {rank} axes");
        return added;
    }

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(3, 2), Operand.Wholes(1)), new(this, Operand.F32(3, 2), Operand.Wholes(-1, 0)), new(this, Operand.F32(), Operand.Wholes(0))];
}
