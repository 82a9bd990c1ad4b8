namespace Lathe.Ir.Ops;

/// <summary>x over (bias + alpha / size · Σ x²) to the power beta, the sum over neighbouring channels. ONNX LRN, opset 13.</summary>
/// <param name="Size">Channels in the sum, from (size - 1) / 2 before, rounded down, to as many after, rounded up.</param>
/// <param name="Alpha">Weight of the mean square.</param>
/// <param name="Beta">The power.</param>
/// <param name="Bias">What the mean square is added to.</param>
/// <remarks>Shapes: x and the result [N, C, …].</remarks>
public sealed record LRN(long Size, float Alpha = 1e-4f, float Beta = 0.75f, float Bias = 1) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(x.Shape(0).Count >= 2, $"x must be [N, C, …], it is {x.Type(0)}");
        Require(Size >= 1, $"size must be at least 1, it is {Size}");
        return x.Real(0).Elementwise;
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var squares = Expr.Sum([Size], k =>
        {
            var number = x[0](at.With(1, Linear.Simplify(at[1] + k[0] - (Size - 1) / 2)), 0);
            return number * number;
        });
        return x[0](at) / Expr.Pow(squares * ((double)Alpha / Size) + Bias, Beta);
    }

    public override IEnumerable<Example> Examples() => [new(this with { Size = 3 }, Operand.F32(2, 7, 3, 2)), new(this with { Size = 4, Alpha = 0.5f, Beta = 0.5f, Bias = 2 }, Operand.F32(1, 5, 4))];
}
