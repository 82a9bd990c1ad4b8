using Lathe.Ir.Algebra;

namespace Lathe.Ir;

/// <summary>A matrix of outputs by everything else as a product U·V of that rank: <c>lowrank rank=32 (f16)</c>, and with what it leaves out <c>lowrank rank=32 (f16) + i4 group=64</c>.</summary>
/// <param name="Rank">Columns of U, rows of V; without it the text is a pattern that a pass fills in.</param>
/// <param name="Axis">As of <see cref="Factored"/>; V lies as the weight does, with the rank along this axis.</param>
/// <param name="Input">As of <see cref="Factored"/>.</param>
/// <param name="Inner">As of <see cref="Factored"/>.</param>
/// <param name="Remainder">As of <see cref="Factored"/>.</param>
/// <remarks>A product is one with V, whose result has as many channels as the rank, then one with U: r(out + in) multiplications in place of out·in.</remarks>
[EncodingExample("lowrank rank=1 (f32)", "lowrank rank=2 axis=1 input=0 (f16)", "lowrank rank=1 axis=1 input=0 (i8)", "lowrank rank=1 (f16) + i4 group=3")]
public sealed record Lowrank(long? Rank = null, int Axis = 0, int Input = 1, Encoding? Inner = null, Encoding? Remainder = null) : Factored(Axis, Input, Inner, Remainder)
{
    public long? Rank { get; init; } = Rank is null or > 0 ? Rank : throw new TypeException($"a product of rank {Rank} holds nothing: the rank is at least 1");

    /// <summary>The largest rank that adds anything: that of the weight as a matrix.</summary>
    public static long Full(Shape shape, int axis) => shape.Count == 0 ? 0 : Math.Min(shape[axis].Whole, shape.Index().Where(p => p.Index != axis).Aggregate(1L, (size, p) => size * p.Item.Whole));

    protected override Seq<Part> Factors(Shape shape)
    {
        var (rank, full) = (Checked, Full(shape, Axis));
        if (rank > full) throw new TypeException($"{this} has a rank of {rank}, a matrix of {shape[Axis]} outputs by {shape.Aggregate(1L, (size, e) => size * e.Whole) / shape[Axis].Whole} has at most {full}");
        return [Factor("u", [shape[Axis], rank], 1, 0), Factor("v", [.. shape.Select((extent, i) => i == Axis ? rank : extent)], Input, Axis)];
    }

    protected override Expr Number(Func<string, Seq<Expr>, Expr> factor, Shape shape, Seq<Expr> at) =>
        Expr.Sum([Checked], k => factor("u", [at[Axis], k[0]]) * factor("v", [.. at.Select((index, i) => i == Axis ? k[0] : index)]));

    public override Seq<float[]> Split(ReadOnlySpan<float> numbers, Shape shape)
    {
        var (rows, rank) = ((int)shape[Axis].Whole, (int)Checked);
        var matrix = Matrix(numbers, shape);
        var (u, v) = TruncatedSvd.Of(matrix, rows, numbers.Length / rows, rank);
        return Factors(u, v, shape);
    }

    protected override float[] Multiplied(Seq<float[]> factors, Shape shape)
    {
        var (u, v, rank, rows, inside) = (factors[0], factors[1], (int)Checked, (int)shape[Axis].Whole, Inside(shape));
        var product = new float[v.Length / rank * rows];
        // A run of numbers with one output is a sum of runs of V.
        Parallel.ForEach(System.Collections.Concurrent.Partitioner.Create(0, product.Length / inside), range =>
        {
            var sum = new double[inside];
            for (var run = range.Item1; run < range.Item2; run++)
            {
                sum.AsSpan().Clear();
                var (outer, row) = (run / rows, run % rows);
                for (var r = 0; r < rank; r++)
                {
                    var factor = (double)u[row * rank + r];
                    var from = v.AsSpan((outer * rank + r) * inside, inside);
                    for (var i = 0; i < from.Length; i++) sum[i] += factor * from[i];
                }
                for (var i = 0; i < inside; i++) product[run * inside + i] = (float)sum[i];
            }
        });
        return product;
    }

    public override Value? Contract(WeightProduct product, Func<string, Value> factor) => product.Channels(product.Same(factor("v"), ".low"), factor("u"), ".product");

    /// <summary>The weight as a matrix of outputs by everything else, in the order of its axes.</summary>
    public double[] Matrix(ReadOnlySpan<float> numbers, Shape shape)
    {
        var (rows, inside) = ((int)shape[Axis].Whole, Inside(shape));
        var matrix = new double[numbers.Length];
        var columns = numbers.Length / rows;
        for (var i = 0; i < numbers.Length; i++) matrix[i / inside % rows * columns + i / (inside * rows) * inside + i % inside] = numbers[i];
        return matrix;
    }

    /// <summary>U and V of that matrix as they are stored.</summary>
    public Seq<float[]> Factors(double[] u, double[] v, Shape shape)
    {
        var (rank, inside) = ((int)Checked, Inside(shape));
        var (turned, columns) = (new float[v.Length], v.Length / rank);
        for (var r = 0; r < rank; r++)
            for (var c = 0; c < columns; c++) turned[c / inside * inside * rank + r * inside + c % inside] = (float)v[r * columns + c];
        return [[.. u.Select(n => (float)n)], turned];
    }

    /// <summary>The column of that matrix that a place of the weight is in.</summary>
    public int Column(int place, Shape shape) => (int)shape[Axis].Whole * Inside(shape) is var outer ? place / outer * Inside(shape) + place % Inside(shape) : 0;

    private long Checked => Rank ?? throw new TypeException($"{this} says no rank: lowrank rank=32 (f16)");
}
