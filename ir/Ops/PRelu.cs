namespace Lathe.Ir.Ops;

/// <summary>x, or its slope times x below 0; the slopes broadcast to x. ONNX PRelu, opset 16.</summary>
public sealed record PRelu : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        x.Alike(0, 1);
        Broadcast.Onto(x, 1, x.Shape(0));
        return x.Numeric(0).With(new Dense(x.Scalar(0)));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var number = x[0](at);
        return Expr.Select(number < 0, number * Broadcast.Read(x, 1, at), number);
    }

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(2, 3, 5, 4), Operand.F32(3, 1, 1)), new(this, Operand.F32(7), Operand.F32(1)), new(this, Operand.Of(Scalar.I32, 7), Operand.Of(Scalar.I32, 7))];
}
