namespace Lathe.Ir.Ops;

/// <summary>Matrix product over the last two axes, batch axes broadcast: y[…,i,j] = Σk a[…,i,k]·b[…,k,j]. A vector is a row on the left, a column on the right. ONNX MatMul, opset 13.</summary>
public sealed record MatMul : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        var (a, b) = (x.Shape(0), x.Shape(1));
        Require(a.Count > 0 && b.Count > 0, $"operands must have an axis, they are {x.Type(0)} and {x.Type(1)}");
        Require(x.Scalar(0) == x.Scalar(1), $"both sides must be of one kind, they are {x.Type(0)} and {x.Type(1)}");
        x.Equal(a[^1], b.Count == 1 ? b[0] : b[^2], $"{x.Type(0)} times {x.Type(1)}: the columns of the left and the rows of the right");
        var batch = Broadcast.Extents(x, a.Slice(0, Math.Max(0, a.Count - 2)), b.Slice(0, Math.Max(0, b.Count - 2)));
        return new([.. batch, .. a.Count > 1 ? [a[^2]] : Array.Empty<Expr>(), .. b.Count > 1 ? [b[^1]] : Array.Empty<Expr>()], x.Scalar(0));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (a, b) = (x.Shape(0), x.Shape(1));
        var (row, column) = (a.Count > 1 ? 1 : 0, b.Count > 1 ? 1 : 0);
        var batch = at.Slice(0, at.Count - row - column);
        return Expr.Sum([a[^1]], k =>
            x[0]([.. Broadcast.Index(a.Slice(0, Math.Max(0, a.Count - 2)), batch), .. row == 1 ? [at[at.Count - 1 - column]] : Array.Empty<Expr>(), k[0]])
            * x[1]([.. Broadcast.Index(b.Slice(0, Math.Max(0, b.Count - 2)), batch), k[0], .. column == 1 ? [at[^1]] : Array.Empty<Expr>()]));
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(5, 7), Operand.F32(7, 3)),
        new(this, Operand.F32(2, 1, 3, 4), Operand.F32(3, 4, 5)),
        new(this, Operand.F32(4), Operand.F32(4, 5)),
        new(this, Operand.F32(3, 4), Operand.F32(4)),
        new(this, Operand.F32(17, 40), Operand.F32(40, 33)),
        new(this, Operand.Of(Scalar.I32, 3, 4), Operand.Of(Scalar.I32, 4, 2)),
    ];
}
