namespace Lathe.Ir.Ops;

/// <summary>1 with the chance that x says, else 0; the same in every run. ONNX Bernoulli, opset 22.</summary>
/// <param name="Dtype">The kind of the result; that of x otherwise.</param>
/// <param name="Seed">Decides the numbers.</param>
public sealed record Bernoulli(Scalar? Dtype = null, float Seed = 0) : FormulaOp
{
    protected override TensorType InferOne(Operands x) => new(x.Real(0).Shape, Dtype ?? x.Scalar(0));

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (chance, kind) = (x[0](at), (Dtype ?? x.Scalar(0)).Arithmetic);
        var drawn = Randomness.Uniform(Seed, x.Shape(0), at, chance.Type) < chance;
        return kind == Scalar.Bool ? drawn : Expr.Select(drawn, Number.Of(kind, 1), Number.Of(kind, 0));
    }

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(3, 5) with { Low = 0, High = 1 }), new(this with { Dtype = Scalar.I32, Seed = 4 }, Operand.F32(7) with { Low = 0, High = 1 })];
}
