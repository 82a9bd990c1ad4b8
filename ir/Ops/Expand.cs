namespace Lathe.Ir.Ops;

/// <summary>Repeats a tensor along axes of extent 1 and new axes in front. ONNX Expand, opset 13.</summary>
/// <remarks>Operands: x; a shape with which x broadcasts.</remarks>
public sealed record Expand : FormulaOp
{
    protected override TensorType InferOne(Operands x) => new(Broadcast.Extents(x, x.Shape(0), x.MustKnow(1, "the shape")), x.Scalar(0));

    public override Expr At(Operands x, Seq<Expr> at, int result) => Broadcast.Read(x, 0, at);

    public override IEnumerable<Example> Examples() =>
        [new(this, Operand.F32(3, 1), Operand.Wholes(2, 1, 5)), new(this, Operand.F32(3, 4), Operand.Wholes(1)), new(this, Operand.F32(), Operand.Wholes(2, 3)), new(this, Operand.Of(Scalar.Bool, 1), Operand.Wholes(4))];
}
