namespace Lathe.Ir.Ops;

/// <summary>(x - mean) / √(variance + epsilon) · scale + bias, mean and variance of each group of channels of each image. ONNX GroupNormalization, opset 21.</summary>
/// <param name="NumGroups">Groups of channels.</param>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="StashType">The least precision of the computation; f32 and f64 are their own.</param>
/// <remarks>Operands: x [N, C, …], scale [C], bias [C].</remarks>
public sealed record GroupNormalization(long NumGroups, float Epsilon = 1e-5f, Scalar StashType = Scalar.F32) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(x.Shape(0).Count >= 2 && x.Shape(1).Count == 1 && x.Shape(2).Count == 1, $"x must be [N, C, …], scale and bias [C], they are {x.Type(0)}, {x.Type(1)} and {x.Type(2)}");
        for (var i = 1; i < 3; i++) x.Equal(x.Shape(i)[0], x.Shape(0)[1], $"numbers of operand {i} {x.Type(i)} for the channels of {x.Type(0)}");
        Require(NumGroups >= 1, $"num_groups must be at least 1, it is {NumGroups}");
        x.Check(Expr.Same(Linear.Simplify(x.Shape(0)[1] % NumGroups), 0), $"the {x.Shape(0)[1]} channels of {x.Type(0)} do not make {NumGroups} groups");
        return x.Real(0).Elementwise;
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var size = Linear.Simplify(x.Shape(0)[1] / NumGroups);
        var first = Linear.Simplify(at[1] / size * size);
        var extents = x.Shape(0)[1..].With(0, size);
        Expr Read(Seq<Expr> k) => x[0]([at[0], first + k[0], .. k[1..]]);
        var mean = Averaging.Mean(extents, Read);
        return (x[0](at) - mean) * (x[1]([at[1]]) / Expr.Sqrt(Averaging.Variance(extents, Read, mean) + Epsilon)) + x[2]([at[1]]);
    }

    public override IEnumerable<Example> Examples() => [new(this with { NumGroups = 2 }, Operand.F32(2, 6, 3, 2), Operand.F32(6), Operand.F32(6)), new(this with { NumGroups = 3, Epsilon = 0.1f }, Operand.F32(1, 3, 5), Operand.F32(3), Operand.F32(3))];
}
