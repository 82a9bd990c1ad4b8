namespace Lathe.Ir.Ops;

/// <summary>The same numbers with axes in another order. ONNX Transpose, opset 25.</summary>
/// <param name="Perm">For each axis of the result the axis of x it is; all reversed if empty.</param>
public sealed record Transpose(Seq<long> Perm = default) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(Perm is [] || Perm.Order().SequenceEqual(Enumerable.Range(0, x.Shape(0).Count).Select(i => (long)i)), $"perm {Perm} does not name every axis of {x.Type(0)} once");
        return new([.. Order(x).Select(axis => x.Shape(0)[axis])], x.Scalar(0));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var index = new Expr[at.Count];
        foreach (var (i, axis) in Order(x).Index()) index[axis] = at[i];
        return x[0](new(index));
    }

    private IEnumerable<int> Order(Operands x) => Perm is [] ? Enumerable.Range(0, x.Shape(0).Count).Reverse() : Perm.Select(axis => (int)axis);

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(2, 3, 5)), new(this with { Perm = [0, 2, 1] }, Operand.F32(2, 3, 5)), new(this with { Perm = [0, 2, 3, 1] }, Operand.F32(2, 5, 3, 4)),
        new(this with { Perm = [1, 0] }, Operand.F32(19, 17)), new(this, Operand.F32()),
    ];
}
