namespace Lathe.Ir.Ops;

/// <summary>x minus the logarithm of the sum of exp(x) along one axis, shifted by the largest so that exp cannot overflow. ONNX LogSoftmax, opset 13.</summary>
/// <param name="Axis">Counted from the end where negative.</param>
public sealed record LogSoftmax(long Axis = -1) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        x.Axis(Axis);
        return x.Real(0).Elementwise;
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var along = x.Axis(Axis);
        Expr Read(Expr k) => x[0](at.With(along, k));
        var largest = Expr.Largest([x.Shape(0)[along]], k => Read(k[0]));
        return Read(at[along]) - largest - Expr.Log(Expr.Sum([x.Shape(0)[along]], k => Expr.Exp(Read(k[0]) - largest)));
    }

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(3, 5)), new(this with { Axis = 1 }, Operand.F32(2, 5, 3)), new(this with { Axis = 0 }, Operand.F32(19))];
}
