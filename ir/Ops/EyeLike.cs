namespace Lathe.Ir.Ops;

/// <summary>A matrix of the operand's shape with ones on a diagonal. ONNX EyeLike, opset 22.</summary>
/// <param name="Dtype">The kind of the result; that of the operand otherwise.</param>
/// <param name="K">Which diagonal, positive above the main one.</param>
public sealed record EyeLike(Scalar? Dtype = null, long K = 0) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(x.Type(0).Rank == 2, $"x must be a matrix, it is {x.Type(0)}");
        return new(x.Shape(0), Dtype ?? x.Scalar(0));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) => Expr.Select(Expr.Same(at[0] + K, at[1]), Number.Of((Dtype ?? x.Scalar(0)).Arithmetic, 1L), 0);

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(3, 4)), new(this with { Dtype = Scalar.I64, K = -1 }, Operand.F32(3, 3))];
}
