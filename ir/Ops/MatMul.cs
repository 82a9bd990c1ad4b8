namespace Lathe.Ir.Ops;

/// <summary>Matrix product over the last two axes, batch axes broadcast: y[…,i,j] = Σk a[…,i,k]·b[…,k,j]. A vector is a row on the left, a column on the right. ONNX MatMul, opset 13.</summary>
public sealed record MatMul : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        x.Alike(0, 1);
        return new(Shape(x, 0, 1), x.Numeric(0).Scalar);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) => Sum(x, 0, 1, at, left => left, right => right);

    /// <summary>The shape of the product of two operands.</summary>
    internal static Seq<Expr> Shape(Operands x, int left, int right)
    {
        var (a, b) = (x.Shape(left), x.Shape(right));
        Require(a.Count > 0 && b.Count > 0, $"operands must have an axis, they are {x.Type(left)} and {x.Type(right)}");
        x.Equal(a[^1], b.Count == 1 ? b[0] : b[^2], $"{x.Type(left)} times {x.Type(right)}: the columns of the left and the rows of the right");
        return [.. Broadcast.Extents(x, Batch(a), Batch(b)), .. a.Count > 1 ? [a[^2]] : Array.Empty<Expr>(), .. b.Count > 1 ? [b[^1]] : Array.Empty<Expr>()];
    }

    /// <summary>The sum of the products along a row and a column, each number passed through a function first.</summary>
    internal static Expr Sum(Operands x, int left, int right, Seq<Expr> at, Func<Expr, Expr> ofLeft, Func<Expr, Expr> ofRight)
    {
        var (a, b) = (x.Shape(left), x.Shape(right));
        var (row, column) = (a.Count > 1 ? 1 : 0, b.Count > 1 ? 1 : 0);
        var batch = at[..(at.Count - row - column)];
        return Expr.Sum([a[^1]], k =>
            ofLeft(x[left]([.. Broadcast.Index(Batch(a), batch), .. row == 1 ? [at[at.Count - 1 - column]] : Array.Empty<Expr>(), k[0]]))
            * ofRight(x[right]([.. Broadcast.Index(Batch(b), batch), k[0], .. column == 1 ? [at[^1]] : Array.Empty<Expr>()])));
    }

    private static Seq<Expr> Batch(Seq<Expr> shape) => shape[..Math.Max(0, shape.Count - 2)];

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
