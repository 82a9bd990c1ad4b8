namespace Lathe.Ir.Ops;

/// <summary>The smallest of the operands, broadcast to a common shape; NaN if one is NaN. ONNX Min, opset 13.</summary>
public sealed record Min : Variadic
{
    protected override Expr Of(Expr sofar, Expr next) => Expr.Min(sofar, next);

    public override IEnumerable<Example> Examples() => [.. base.Examples(), new(this, Operand.Of(Scalar.I8, 3, 5), Operand.Of(Scalar.I8, 5)), new(this, Operand.Of(Scalar.U64, 5), Operand.Of(Scalar.U64, 5))];
}
