namespace Lathe.Ir.Ops;

/// <summary>(x - mean) / √(variance + epsilon) · scale + bias, mean and variance of each channel of each image. ONNX InstanceNormalization, opset 22.</summary>
/// <param name="Epsilon">Added to the variance.</param>
/// <remarks>Operands: x [N, C, …], scale [C], bias [C].</remarks>
public sealed record InstanceNormalization(float Epsilon = 1e-5f) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(x.Shape(0).Count >= 3 && x.Shape(1).Count == 1 && x.Shape(2).Count == 1, $"x must be [N, C, …], scale and bias [C], they are {x.Type(0)}, {x.Type(1)} and {x.Type(2)}");
        for (var i = 1; i < 3; i++) x.Equal(x.Shape(i)[0], x.Shape(0)[1], $"numbers of operand {i} {x.Type(i)} for the channels of {x.Type(0)}");
        return x.Real(0).Elementwise;
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var extents = x.Shape(0)[2..];
        Expr Read(Seq<Expr> k) => x[0]([.. at[..2], .. k]);
        var mean = Averaging.Mean(extents, Read);
        return (x[0](at) - mean) * (x[1]([at[1]]) / Expr.Sqrt(Averaging.Variance(extents, Read, mean) + Epsilon)) + x[2]([at[1]]);
    }

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(2, 3, 4, 5), Operand.F32(3), Operand.F32(3)), new(this with { Epsilon = 0.1f }, Operand.F32(1, 2, 7), Operand.F32(2), Operand.F32(2))];
}
