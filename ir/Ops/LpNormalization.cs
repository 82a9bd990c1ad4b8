namespace Lathe.Ir.Ops;

/// <summary>x over its p-norm along an axis; 0 where the norm is 0. ONNX LpNormalization, opset 22.</summary>
/// <param name="Axis">Counted from the end where negative.</param>
/// <param name="P">1: the sum of |x|; 2: the root of the sum of x².</param>
public sealed record LpNormalization(long Axis = -1, long P = 2) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        x.Axis(Axis);
        Require(P is 1 or 2, $"p must be 1 or 2, it is {P}");
        return x.Real(0).Elementwise;
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var along = x.Axis(Axis);
        var norm = Norm.Of(P, [x.Shape(0)[along]], k => x[0](at.With(along, k[0])));
        return x[0](at) / Expr.Select(Expr.Same(norm, 0), 1, norm);
    }

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(3, 5)), new(this with { Axis = 0, P = 1 }, Operand.F32(3, 5)), new(this, Operand.Constant(Scalar.F32, [2, 2], 0, 0, 3, 4))];
}
