namespace Lathe.Ir.Ops;

/// <summary>max(x, 0), element by element. ONNX Relu, opset 14.</summary>
public sealed record Relu : FormulaOp
{
    protected override TensorType InferOne(Operands x) => x.Type(0).Elementwise;

    public override Expr At(Operands x, Seq<Expr> at, int result) => Expr.Max(x[0](at), 0);

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(2, 3, 5)), new(this, Operand.Of(Scalar.I8, 7)), new(this, Operand.Of(Scalar.F16, 3))];
}
