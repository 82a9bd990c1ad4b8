namespace Lathe.Ir.Ops;

/// <summary>a where the condition holds, else b, broadcast to a common shape. ONNX Where, opset 16.</summary>
public sealed record Where : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        x.Bool(0);
        x.Alike(1, 2);
        return new(Broadcast.Shapes(x, 0, 1, 2), x.Scalar(1));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) => Expr.Select(Broadcast.Read(x, 0, at), Broadcast.Read(x, 1, at), Broadcast.Read(x, 2, at));

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.Of(Scalar.Bool, 3, 5), Operand.F32(3, 5), Operand.F32(3, 5)),
        new(this, Operand.Of(Scalar.Bool, 3, 1), Operand.F32(2, 1, 5), Operand.Constant(Scalar.F32, [], -1)),
        new(this, Operand.Of(Scalar.Bool, 5), Operand.Of(Scalar.I64, 5), Operand.Of(Scalar.I64, 1)),
    ];
}
