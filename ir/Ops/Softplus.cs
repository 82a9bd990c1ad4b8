namespace Lathe.Ir.Ops;

/// <summary>log(1 + exp(x)), number by number, from the larger of x and 0 on so that exp cannot overflow. ONNX Softplus, opset 22.</summary>
public sealed record Softplus : Unary
{
    protected override Expr Of(Expr x) => Expr.Max(x, 0) + Expr.Log(1.0 + Expr.Exp(-Expr.Abs(x)));

    public override IEnumerable<Example> Examples() => [.. Between(-6, 6), new(this, Operand.Constant(Scalar.F32, [3], 100, -100, 0))];
}
