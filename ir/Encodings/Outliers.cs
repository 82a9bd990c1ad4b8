using Lathe.Ir.Ops;

namespace Lathe.Ir;

/// <summary>A few numbers of each output kept apart, the rest in a format of its own, whose scales need not reach that far: <c>outliers keep=0.01 (f16) + i3 group=32</c>.</summary>
/// <param name="Keep">The share of each output's numbers that is kept apart; one at least.</param>
/// <param name="Axis">As of <see cref="Factored"/>.</param>
/// <param name="Input">As of <see cref="Factored"/>.</param>
/// <param name="Inner">How those numbers are stored.</param>
/// <param name="Remainder">As of <see cref="Factored"/>.</param>
/// <remarks>
/// Each output has as many, so that they lie in rows beside the inputs that they are of: 32 bits for each with f16. A product is that with the rest, and sums of a few inputs picked for each output.
/// After GWQ (2024) and SpQR (2023), which keep single numbers, too.
/// </remarks>
[EncodingExample("outliers keep=0.2 (f16) + i4 group=3", "outliers keep=0.01 axis=1 input=0 (f32) + i3 axis=1")]
public sealed record Outliers(double Keep = 0.01, int Axis = 0, int Input = 1, Encoding? Inner = null, Encoding? Remainder = null) : Factored(Axis, Input, Inner, Remainder)
{
    /// <summary>As many are looked for one after another without a loop.</summary>
    private const long MostWritten = 8;

    private const string Places = "place", Numbers = "kept";

    public double Keep { get; } = Keep is > 0 and < 1 ? Keep : throw new TypeException($"the share that is kept apart is above 0 and below 1, it is {RecordText.Show(Keep)}");

    /// <summary>How many of each output are kept apart.</summary>
    public long Count(Shape shape) => Math.Max(1, (long)Math.Round(Keep * Sides(shape).Columns));

    public override string? Unserved(Shape shape) => IsMatrix(shape) ? null : $"{this} keeps inputs of a matrix apart, {shape} is more than that";

    protected internal override Seq<Part> Factors(Shape shape)
    {
        Seq<Expr> rows = [shape[Axis], Count(shape)];
        return [new(Places, new(rows, Sides(shape).Columns <= ushort.MaxValue + 1 ? Scalar.U16 : Scalar.I32)), Factor(Numbers, rows, 1, 0)];
    }

    protected internal override Expr Number(Func<string, Seq<Expr>, Expr> factor, Shape shape, Seq<Expr> at)
    {
        var (column, count, none) = (Column(shape, at), Count(shape), (Expr)Ir.Number.Of(Scalar.F32, 0.0));
        Expr Here(Expr k, Expr otherwise) => Expr.Select(Expr.Same(factor(Places, [at[Axis], k]).As(Scalar.I64), column), factor(Numbers, [at[Axis], k]), otherwise);
        if (count > MostWritten) return Expr.Sum([count], k => Here(k[0], none));
        for (var k = 0; k < count; k++) none = Here(k, none);
        return none;
    }

    /// <summary>Those of largest magnitude.</summary>
    public override Seq<float[]> Split(ReadOnlySpan<float> numbers, Shape shape) => Split(numbers.ToArray(), [], shape);

    /// <summary>Those whose squares count most.</summary>
    /// <param name="importance">How much each counts; empty: all alike.</param>
    public Seq<float[]> Split(float[] numbers, float[] importance, Shape shape)
    {
        var ((outputs, columns), count) = (Sides(shape), (int)Count(shape));
        var (places, kept) = (new float[outputs * count], new float[outputs * count]);
        Parallel.For(0, outputs, o =>
        {
            double Cost(int column) => Place(shape, o, column) is var at && importance.Length > 0 ? (double)numbers[at] * numbers[at] * importance[at] : Math.Abs(numbers[at]);
            foreach (var (i, column) in Enumerable.Range(0, columns).OrderByDescending(Cost).ThenBy(c => c).Take(count).Order().Index())
                (places[o * count + i], kept[o * count + i]) = (column, numbers[Place(shape, o, column)]);
        });
        return [places, kept];
    }

    /// <summary>Where numbers that are kept lie in the weight.</summary>
    /// <param name="columns">What <see cref="Split(float[], float[], Seq{Expr})"/> gives of places.</param>
    public int[] Spots(float[] columns, Shape shape) => (int)Count(shape) is var count ? [.. columns.Select((column, i) => Place(shape, i / count, (int)column))] : [];

    protected internal override float[] Multiplied(Seq<float[]> factors, Shape shape)
    {
        var ((outputs, columns), count) = (Sides(shape), (int)Count(shape));
        var all = new float[outputs * columns];
        for (var i = 0; i < factors[0].Length; i++) all[Place(shape, i / count, (int)factors[0][i])] = factors[1][i];
        return all;
    }

    /// <summary>Inputs picked for each output, times what is kept of them, summed.</summary>
    public override Value? Contract(WeightProduct product, Func<string, Value> factor)
    {
        var shape = product.Weight.Type.Shape;
        if (!IsMatrix(shape) || product.Divided(Input, [shape[Input]], ".inputs") is not { } x) return null;
        var (channel, rank) = (product.Channel, x.Type.Rank);
        var picked = product.Add(".picked", new Gather(channel), x, factor(Places));
        // What is kept lies [output, number]: both axes stand where the channels were.
        var letters = string.Concat(Enumerable.Range(0, rank + 1).Select(i => (char)('a' + i)));
        return product.Add(".apart", new Einsum($"{letters},{letters[channel]}{letters[channel + 1]}->{letters.Remove(channel + 1, 1)}"), picked, factor(Numbers));
    }
}
