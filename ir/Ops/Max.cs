namespace Lathe.Ir.Ops;

/// <summary>The largest of the operands, broadcast to a common shape; NaN if one is NaN. ONNX Max, opset 13.</summary>
public sealed record Max : Variadic
{
    protected override Expr Of(Expr sofar, Expr next) => Expr.Max(sofar, next);

    public override IEnumerable<Example> Examples() => [.. base.Examples(), new(this, Operand.Of(Scalar.I8, 3, 5), Operand.Of(Scalar.I8, 5)), new(this, Operand.Of(Scalar.U64, 5), Operand.Of(Scalar.U64, 5))];
}
