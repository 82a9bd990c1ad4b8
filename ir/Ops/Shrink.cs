namespace Lathe.Ir.Ops;

/// <summary>Moves numbers beyond ±lambd toward 0 by bias and makes the others 0. ONNX Shrink, opset 9.</summary>
/// <param name="Bias">How far numbers move.</param>
/// <param name="Lambd">Half the width of what becomes 0.</param>
public sealed record Shrink(float Bias = 0, float Lambd = 0.5f) : Unary
{
    protected override TensorType InferOne(Operands x) => x.Numeric(0).Elementwise;

    // Whole numbers are moved as reals and lose their fraction, as the specification's cast does.
    protected override Expr Of(Expr x) => x.Type.IsReal ? Moved(x) : Moved(x.As(Scalar.F64)).As(x.Type);

    private Expr Moved(Expr x) => Expr.Select(x < -Lambd, x + Bias, Expr.Select(x > Lambd, x - Bias, 0));

    public override IEnumerable<Example> Examples() => [.. base.Examples(), .. (this with { Bias = 0.5f, Lambd = 1 }).Between(-2, 2), new(this with { Lambd = 2, Bias = 1 }, Operand.Of(Scalar.I8, 9))];
}
