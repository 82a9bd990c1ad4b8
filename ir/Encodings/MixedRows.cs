using Lathe.Ir.Ops;

namespace Lathe.Ir;

/// <summary>Some outputs in one format, the others in another: <c>mixed_rows rows=26 (i8) + i4 group=64</c>. A product is one with each part, and a move that puts outputs in their order.</summary>
/// <param name="Rows">How many outputs are kept in <paramref name="Inner"/>: at least one, and not all.</param>
/// <param name="Axis">As of <see cref="Factored"/>.</param>
/// <param name="Input">As of <see cref="Factored"/>.</param>
/// <param name="Inner">How those outputs are stored.</param>
/// <param name="Remainder">How the others are.</param>
/// <remarks>Zheng and others, MixLLM: LLM Quantization with Global Mixed-precision between Output-features, 2024. For each output there is its place among all, those that are kept first.</remarks>
[EncodingExample("mixed_rows rows=2 (i8) + i4 group=3", "mixed_rows rows=1 axis=1 input=0 (i8) + i4 axis=1")]
public sealed record MixedRows(long Rows, int Axis = 0, int Input = 1, Encoding? Inner = null, Encoding? Remainder = null) : Factored(Axis, Input, Inner, Remainder)
{
    private const string Places = "place", Kept = "kept";

    public long Rows { get; } = Rows > 0 ? Rows : throw new TypeException($"at least one output is kept, not {Rows}");

    public override bool AddsRest => false;

    public override string? Unserved(Shape shape) => Others(shape) > 0 ? null : $"{this} leaves no outputs of {shape} to the other format";

    private long Others(Shape shape) => shape[Axis].Whole - Rows;

    protected internal override Seq<Part> Factors(Shape shape)
    {
        if (Remainder is null) throw new TypeException($"{this} says one format: behind a plus stands that of the other outputs");
        if (Unserved(shape) is { } why) throw new TypeException(why);
        return [new(Places, new([shape[Axis]], shape[Axis].Whole <= ushort.MaxValue + 1 ? Scalar.U16 : Scalar.I32)), Factor(Kept, Low(shape, Rows), Input, Axis)];
    }

    protected override Shape RestShape(Shape shape) => Low(shape, Others(shape));

    protected internal override Expr Number(Func<string, Seq<Expr>, Expr> factor, Shape shape, Seq<Expr> at) =>
        factor(Kept, at.With(Axis, Expr.Min(Place(factor, at), Rows - 1)));

    protected override Expr WithRest(Expr number, Func<Seq<Expr>, Expr> rest, Func<string, Seq<Expr>, Expr> factor, Shape shape, Seq<Expr> at) =>
        Expr.Select(Place(factor, at) < Rows, number, rest(at.With(Axis, Expr.Max(Place(factor, at) - Rows, 0L))));

    private Expr Place(Func<string, Seq<Expr>, Expr> factor, Seq<Expr> at) => factor(Places, [at[Axis]]).As(Scalar.I64);

    /// <summary>Keeps the outputs whose numbers the other format would be furthest off from.</summary>
    public override Seq<Bytes> Encode(ReadOnlySpan<float> numbers, Shape shape)
    {
        var other = Parts(shape)[^1].Type.Encoding;
        var (all, off) = (numbers.ToArray(), Decoded.Of(new Value(Rest, new(shape, other), other.Encode(numbers, shape))));
        double Loss(int output) => Enumerable.Range(0, Sides(shape).Columns).Sum(column => Place(shape, output, column) is var at ? ((double)all[at] - off[at]) * (all[at] - off[at]) : 0);
        var kept = Enumerable.Range(0, Sides(shape).Outputs).OrderByDescending(Loss).ThenBy(output => output).Take((int)Rows).Order().ToArray();
        return [.. Pack([Order(kept, shape), Taken(all, kept, shape)], [], shape), .. other.Encode(Taken(all, Left(kept, shape), shape), RestShape(shape))];
    }

    /// <summary>Each output's place, given those that are kept.</summary>
    public float[] Order(int[] kept, Shape shape)
    {
        var places = new float[shape[Axis].Whole];
        foreach (var (place, output) in kept.Concat(Left(kept, shape)).Index()) places[output] = place;
        return places;
    }

    /// <summary>The outputs that are not kept.</summary>
    public int[] Left(int[] kept, Shape shape) => [.. Enumerable.Range(0, (int)shape[Axis].Whole).Except(kept)];

    /// <summary>Where numbers of some outputs lie in the weight, in the order of a weight of these alone.</summary>
    public int[] Spots(int[] outputs, Shape shape)
    {
        var (inside, whole) = (Inside(shape), (int)shape[Axis].Whole);
        var outside = (int)shape.Take(Axis).Aggregate(1L, (size, extent) => size * extent.Whole);
        return [.. Enumerable.Range(0, outside).SelectMany(o => outputs.SelectMany(output => Enumerable.Range(0, inside).Select(i => (o * whole + output) * inside + i)))];
    }

    public override Seq<float[]> Split(ReadOnlySpan<float> numbers, Shape shape) => throw new NotSupportedException("the other outputs are no difference of the weight and what is kept");

    protected internal override float[] Multiplied(Seq<float[]> factors, Shape shape) => throw new NotSupportedException("what is kept is no weight of the whole shape");

    private float[] Taken(float[] numbers, int[] outputs, Shape shape) => [.. Spots(outputs, shape).Select(at => numbers[at])];

    /// <summary>The product with each part, one behind the other, and outputs taken from there.</summary>
    public override Value? Contract(WeightProduct product, Func<string, Value> factor)
    {
        var (kept, rest) = (product.Same(factor(Kept), ".kept"), product.Same(factor(Rest), ".rest"));
        return product.Add(".outputs", new Gather(product.Channel), product.Add(".beside", new Concat(product.Channel), kept, rest), factor(Places));
    }
}
