namespace Lathe.Ir.Ops;

/// <summary>exp(x) over its sum along one axis, shifted by the largest so that exp cannot overflow. ONNX Softmax, opset 13.</summary>
/// <param name="Axis">Counted from the end where negative.</param>
public sealed record Softmax(long Axis = -1) : FormulaOp
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
        var extent = x.Shape(0)[along];
        var largest = Expr.Largest([extent], k => Read(k[0]));
        return Expr.Exp(Read(at[along]) - largest) / Expr.Sum([extent], k => Expr.Exp(Read(k[0]) - largest));
    }

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(3, 5)), new(this with { Axis = 1 }, Operand.F32(2, 5, 3)), new(this with { Axis = 0 }, Operand.F32(19))];
}
