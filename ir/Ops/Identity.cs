namespace Lathe.Ir.Ops;

/// <summary>The operand as it is. ONNX Identity, opset 25.</summary>
public sealed record Identity : FormulaOp
{
    protected override TensorType InferOne(Operands x) => x.Type(0).Elementwise;

    public override Expr At(Operands x, Seq<Expr> at, int result) => x[0](at);

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(2, 3)), new(this, Operand.F32()), new(this, Operand.Of(Scalar.Bool, 5)), new(this, Operand.Of(Scalar.F16, 5))];
}
