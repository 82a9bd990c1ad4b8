namespace Lathe.Ir.Ops;

/// <summary>Numbers spread evenly between two bounds in the shape of x, the same in every run. ONNX RandomUniformLike, opset 22.</summary>
/// <param name="Dtype">The kind of the result; that of x otherwise.</param>
/// <param name="High">The upper bound, which is not reached.</param>
/// <param name="Low">The lower bound.</param>
/// <param name="Seed">Decides the numbers.</param>
public sealed record RandomUniformLike(Scalar? Dtype = null, float High = 1, float Low = 0, float Seed = 0) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        var kind = Dtype ?? x.Scalar(0);
        Require(kind.IsReal, $"a result of {kind.Text}");
        return new(x.Shape(0), kind);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) => Randomness.Uniform(Seed, x.Shape(0), at, (Dtype ?? x.Scalar(0)).Arithmetic) * ((double)High - Low) + (double)Low;

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(3, 5)), new(this with { Low = -2, High = 3, Seed = 4 }, Operand.F32(7))];
}
