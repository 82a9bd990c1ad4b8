namespace Lathe.Ir.Ops;

/// <summary>The upper or lower triangle of matrices, 0 elsewhere. ONNX Trilu, opset 14.</summary>
/// <param name="Upper">Whether what is on and above the diagonal stays, else what is on and below.</param>
/// <remarks>Operands: x […, rows, columns]; optionally which diagonal, positive above the main one.</remarks>
public sealed record Trilu(bool Upper = true) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(x.Type(0).Rank >= 2, $"x must hold matrices, it is {x.Type(0)}");
        return x.Type(0).Elementwise;
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var diagonal = x.Has(1) ? at[^2] + x.Only(1) : at[^2];
        return Expr.Select(Upper ? diagonal <= at[^1] : at[^1] <= diagonal, x[0](at), 0);
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(4, 5)), new(this with { Upper = false }, Operand.F32(2, 5, 3)), new(this, Operand.F32(4, 5), Operand.Constant(Scalar.I64, [], 1)),
        new(this with { Upper = false }, Operand.Of(Scalar.I64, 4, 4), Operand.Constant(Scalar.I64, [], -2)),
    ];
}
