namespace Lathe.Ir.Ops;

/// <summary>How many elements a tensor has, as an i64. ONNX Size, opset 25.</summary>
public sealed record Size : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        x.Type(0);
        return new([], Scalar.I64);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) => x.Type(0).Size;

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(2, 3, 5)), new(this, Operand.F32())];
}
