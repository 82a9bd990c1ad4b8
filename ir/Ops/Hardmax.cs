namespace Lathe.Ir.Ops;

/// <summary>1 at the first of the largest numbers along an axis, 0 elsewhere. ONNX Hardmax, opset 13.</summary>
/// <param name="Axis">Counted from the end where negative.</param>
public sealed record Hardmax(long Axis = -1) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        x.Axis(Axis);
        return x.Real(0).Elementwise;
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) =>
        Expr.Select(Expr.Same(new ArgMax(Axis).At(x, at.With(x.Axis(Axis), 0), 0), at[x.Axis(Axis)]), Number.Of(x.Scalar(0).Arithmetic, 1L), 0);

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(3, 5)), new(this with { Axis = 0 }, Operand.F32(4, 3)), new(this, Operand.Constant(Scalar.F32, [4], 1, 3, 3, 2))];
}
