namespace Lathe.Ir.Ops;

/// <summary>alpha·a·b + beta·c over matrices, either of which may be transposed. ONNX Gemm, opset 13.</summary>
/// <param name="Alpha">Factor of the product.</param>
/// <param name="Beta">Factor of c.</param>
/// <param name="TransA">Whether a is [K, M] instead of [M, K].</param>
/// <param name="TransB">Whether b is [N, K] instead of [K, N].</param>
/// <remarks>Operands: a, b, optionally c, which broadcasts to [M, N].</remarks>
public sealed record Gemm(float Alpha = 1, float Beta = 1, bool TransA = false, bool TransB = false) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        var (a, b) = (x.Shape(0), x.Shape(1));
        Require(a.Count == 2 && b.Count == 2, $"operands must be matrices, they are {x.Type(0)} and {x.Type(1)}");
        x.Alike(0, 1, 2);
        Require(x.Numeric(0).Scalar.IsReal || Alpha == Math.Floor(Alpha) && Beta == Math.Floor(Beta), $"alpha {Alpha} and beta {Beta} must be whole for {x.Type(0)}");
        x.Equal(a[TransA ? 0 : 1], b[TransB ? 1 : 0], $"{x.Type(0)}{(TransA ? " transposed" : "")} times {x.Type(1)}{(TransB ? " transposed" : "")}: the columns of the left and the rows of the right");
        Seq<Expr> shape = [a[TransA ? 1 : 0], b[TransB ? 0 : 1]];
        if (x.Has(2)) Broadcast.Onto(x, 2, shape);
        return new(shape, x.Scalar(0));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var product = Expr.Sum([x.Shape(0)[TransA ? 0 : 1]], k => x[0](TransA ? [k[0], at[0]] : [at[0], k[0]]) * x[1](TransB ? [at[1], k[0]] : [k[0], at[1]]));
        if (Alpha != 1) product *= Alpha;
        if (!x.Has(2)) return product;
        var added = Broadcast.Read(x, 2, at);
        return product + (Beta == 1 ? added : added * Beta);
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(5, 7), Operand.F32(7, 3)),
        new(this with { TransB = true }, Operand.F32(1, 40), Operand.F32(19, 40), Operand.F32(19)),
        new(this with { TransA = true, Alpha = 0.5f, Beta = 2 }, Operand.F32(7, 5), Operand.F32(7, 33), Operand.F32(5, 1)),
        new(this with { TransA = true, TransB = true }, Operand.F32(7, 5), Operand.F32(3, 7), Operand.F32()),
        new(this, Operand.Of(Scalar.I32, 3, 4), Operand.Of(Scalar.I32, 4, 2), Operand.Of(Scalar.I32, 2)),
    ];
}
