namespace Lathe.Ir.Ops;

/// <summary>Classes drawn with the chances whose logarithms, up to a summand, are the rows of x; the same in every run. ONNX Multinomial, opset 22.</summary>
/// <param name="Dtype">The kind of the result.</param>
/// <param name="SampleSize">How many are drawn for each row.</param>
/// <param name="Seed">Decides the numbers.</param>
public sealed record Multinomial(Scalar Dtype = Scalar.I32, long SampleSize = 1, float Seed = 0) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(x.Real(0).Rank == 2 && SampleSize > 0 && Dtype.IsInteger, $"{SampleSize} numbers of {Dtype.Text} from {x.Type(0)}");
        return new([x.Shape(0)[0], SampleSize], Dtype);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var classes = x.Shape(0)[1];
        var most = Expr.Largest([classes], k => x[0]([at[0], k[0]]));
        Expr Share(Expr k) => Expr.Exp(x[0]([at[0], k]) - most);
        var drawn = Randomness.Uniform(Seed, InferOne(x).Shape, at, most.Type) * Expr.Sum([classes], k => Share(k[0]));
        // The class is the number of those that with all before them stay below what was drawn.
        var below = Expr.Sum([classes], k => Expr.Select(Expr.Sum([classes], j => Expr.Select(j[0] <= k[0], Share(j[0]), 0)) <= drawn, (Expr)1, 0));
        return Expr.Min(below, classes - 1).As(Dtype.Arithmetic);
    }

    public override IEnumerable<Example> Examples() => [new(this with { SampleSize = 3 }, Operand.F32(2, 5))];
}
