namespace Lathe.Ir.Ops;

/// <summary>a + b with broadcasting; whole numbers wrap around. ONNX Add, opset 14.</summary>
public sealed record Add : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(x.Scalar(0) == x.Scalar(1), $"both sides must be of one kind, they are {x.Type(0)} and {x.Type(1)}");
        return new(Broadcast.Shapes(x, 0, 1), x.Scalar(0));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) => Broadcast.Read(x, 0, at) + Broadcast.Read(x, 1, at);

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(2, 1, 5), Operand.F32(3, 1)), new(this, Operand.Of(Scalar.I8, 7), Operand.Of(Scalar.I8, 1))];
}
