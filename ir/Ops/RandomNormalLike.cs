namespace Lathe.Ir.Ops;

/// <summary>Numbers of a normal distribution in the shape of x, the same in every run. ONNX RandomNormalLike, opset 22.</summary>
/// <param name="Dtype">The kind of the result; that of x otherwise.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Scale">Their standard deviation.</param>
/// <param name="Seed">Decides the numbers.</param>
public sealed record RandomNormalLike(Scalar? Dtype = null, float Mean = 0, float Scale = 1, float Seed = 0) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        var kind = Dtype ?? x.Scalar(0);
        Require(kind.IsReal, $"a result of {kind.Text}");
        return new(x.Shape(0), kind);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) => Randomness.Normal(Seed, x.Shape(0), at, (Dtype ?? x.Scalar(0)).Arithmetic) * (double)Scale + (double)Mean;

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(3, 5)), new(this with { Mean = -2, Scale = 3, Seed = 4 }, Operand.F32(7))];
}
