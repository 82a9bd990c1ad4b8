namespace Lathe.Ir.Ops;

/// <summary>The same tensor. ONNX Identity, opset 21.</summary>
public sealed record Identity : FormulaOp
{
    protected override TensorType InferOne(Operands x) => x.Type(0).Elementwise;

    public override Expr At(Operands x, Seq<Expr> at, int result) => x[0](at);

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(2, 3)), new(this, Operand.Of(Scalar.I4, 5)), new(this, Operand.F32())];
}
