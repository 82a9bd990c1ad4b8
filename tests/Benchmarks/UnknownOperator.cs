using Lathe.Codegen.Measuring;
using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Benchmarks;

/// <summary>An operator that no pass has heard of: y[i,j] = Σk a[i,k]·b[k,j]·c[k]. It must get MatMul's template, from its formula alone.</summary>
public sealed record ScaledProduct : FormulaOp
{
    protected override TensorType InferOne(Operands x) => new([x.Shape(0)[0], x.Shape(1)[1]], x.Scalar(0));

    public override Expr At(Operands x, Seq<Expr> at, int result) => Expr.Sum([x.Shape(0)[1]], k => x[0]([at[0], k[0]]) * x[1]([k[0], at[1]]) * x[2]([k[0]]));

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(5, 7), Operand.F32(7, 3), Operand.F32(7))];
}

/// <summary>The unknown operator beside MatMul of the same shape, weights and machine, in turns.</summary>
public static class UnknownOperator
{
    private const long Rows = 128, Depth = 768, Columns = 3072;

    public static Table Run(BenchOptions options)
    {
        var (a, b, c) = (Random("a", Rows, Depth), Random("b", Depth, Columns), Random("c", Depth));
        var (known, unknown) = (ScheduledStep.Of(new MatMul(), a, b), ScheduledStep.Of(new ScaledProduct(), a, b, c));
        var (knownTimes, unknownTimes, peak) = (new List<double>(), new List<double>(), 0.0);
        for (var round = 0; round < options.Rounds; round++)
        {
            peak = Math.Max(peak, FmaPeak.Measure());
            knownTimes.Add(known.Least(options.Seconds));
            unknownTimes.Add(unknown.Least(options.Seconds));
        }
        var table = new Table($"An operator no pass knows, {Rows}x{Depth}x{Columns}, one thread", ("operator", ""), ("template", ""), ("ms", "0.###"), ("% of peak", "0"), ("of MatMul's rate", "0.00"));
        const double flops = 2.0 * Rows * Depth * Columns;
        table.Add("MatMul", known.Template, knownTimes.Min(), 100 * flops / (knownTimes.Min() * 1e6) / peak, 1.0);
        table.Add("Σ a·b·c", unknown.Template, unknownTimes.Min(), 100 * flops / (unknownTimes.Min() * 1e6) / peak, knownTimes.Min() / unknownTimes.Min());
        return table;
    }

    private static Value Random(string name, params long[] shape) =>
        new(name, new([.. shape.Select(d => (Expr)d)], Scalar.F32), [Bytes.Of<float>(ScheduledStep.Random(shape.Aggregate(1L, (x, y) => x * y)))]);
}
