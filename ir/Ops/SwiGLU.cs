namespace Lathe.Ir.Ops;

/// <summary>a / (1 + exp(-alpha·a)) · b, number by number. ONNX SwiGLU, opset 28.</summary>
/// <param name="Alpha">Steepness.</param>
public sealed record SwiGLU(float Alpha = 1) : Pairwise
{
    protected override Scalar Result(Operands x)
    {
        Require(x.Type(0).Rank == x.Type(1).Rank, $"operands must have one shape, they are {x.Type(0)} and {x.Type(1)}");
        for (var axis = 0; axis < x.Type(0).Rank; axis++) x.Equal(x.Shape(0)[axis], x.Shape(1)[axis], $"axis {axis} of {x.Type(0)} and {x.Type(1)}");
        return x.Real(0).Scalar;
    }

    protected override Expr Of(Expr a, Expr b) => a / (1.0 + Expr.Exp(-(a * Alpha))) * b;

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(3, 5), Operand.F32(3, 5)), new(this with { Alpha = 1.7f }, Operand.F32(7), Operand.F32(7))];
}
