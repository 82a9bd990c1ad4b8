using Lathe.Ir.Algebra;

namespace Lathe.Ir;

/// <summary>
/// The filters of a convolution as three convolutions: inputs mixed to fewer, the window over those, and outputs mixed of what that gives: <c>tucker2 rank=24 inputs=16 (f16)</c>.
/// Kim and others, Compression of Deep Convolutional Neural Networks for Fast and Low Power Mobile Applications (2016).
/// </summary>
/// <param name="Rank">As of <see cref="Ranked"/>: outputs of the window.</param>
/// <param name="Inputs">Inputs of the window; as large a share of all as the rank is of outputs if it is not said.</param>
/// <param name="Axis">As of <see cref="Factored"/>.</param>
/// <param name="Input">As of <see cref="Factored"/>.</param>
/// <param name="Inner">As of <see cref="Factored"/>.</param>
/// <param name="Remainder">As of <see cref="Factored"/>.</param>
/// <remarks>rank·out + rank·inputs·taps + inputs·in numbers. Fitted by eigenvectors of the weight unfolded along either side, and again of each with the other side reduced (De Lathauwer and others, 2000).</remarks>
[EncodingExample("tucker2 rank=1 inputs=1 (f32)", "tucker2 rank=1 inputs=1 axis=1 input=0 (f16)")]
public sealed record Tucker2(long? Rank = null, long? Inputs = null, int Axis = 0, int Input = 1, Encoding? Inner = null, Encoding? Remainder = null) : Ranked(Rank, Axis, Input, Inner, Remainder)
{
    private const int Rounds = 3;

    public long? Inputs { get; } = Inputs is null or > 0 ? Inputs : throw new TypeException($"a window over {Inputs} inputs sees nothing: there is at least 1");

    public override long Full(Shape shape) => Sides(shape).Outputs;

    protected override string Subject(Shape shape) => $"{shape} with {shape[Axis]} outputs";

    protected internal override Seq<Part> Factors(Shape shape)
    {
        var (rank, inputs) = (Checked(shape), Seen(shape));
        if (inputs > shape[Input].Whole) throw new TypeException($"{this} has a window over {inputs} inputs, {shape} has {shape[Input]}");
        return [Factor("a", [shape[Axis], rank], 1, 0), Factor("core", Low(shape, rank).With(Input, inputs), Input, Axis), Factor("b", [inputs, shape[Input]], 1, 0)];
    }

    protected internal override Expr Number(Func<string, Seq<Expr>, Expr> factor, Shape shape, Seq<Expr> at) =>
        Expr.Sum([Checked(shape), Seen(shape)], k => factor("a", [at[Axis], k[0]]) * factor("core", at.With(Axis, k[0]).With(Input, k[1])) * factor("b", [k[1], at[Input]]));

    public override Seq<float[]> Split(ReadOnlySpan<float> numbers, Shape shape)
    {
        var (rank, seen, filters) = (Checked(shape), (int)Seen(shape), FilterTensor.Of(numbers, shape, Axis, Input));
        var (outputs, inputs) = (filters.Outputs, filters.Inputs);
        var b = filters.Turned().Leading(seen);
        double[] a = [];
        for (var round = 0; round < Rounds; round++)
        {
            a = filters.Turned().Times(b, seen).Turned().Leading(rank);
            b = filters.Times(a, rank).Turned().Leading(seen);
        }
        var core = filters.Times(a, rank).Turned().Times(b, seen).Turned();
        return [[.. Matrices.Turned(a, rank, outputs).Select(n => (float)n)], core.Natural(shape, Axis, Input), [.. b.Select(n => (float)n)]];
    }

    protected internal override float[] Multiplied(Seq<float[]> factors, Shape shape)
    {
        var (rank, seen) = (Checked(shape), (int)Seen(shape));
        var core = FilterTensor.Of(factors[1], Low(shape, rank).With(Input, seen), Axis, Input);
        double[] mixing = [.. factors[0].Select(n => (double)n)], spread = Matrices.Turned([.. factors[2].Select(n => (double)n)], seen, (int)shape[Input].Whole);
        return core.Times(mixing, (int)shape[Axis].Whole).Turned().Times(spread, (int)shape[Input].Whole).Turned().Natural(shape, Axis, Input);
    }

    public override TensorNetwork? Network(Shape shape) => TensorNetwork.Of(["OR", Letters(shape, 'R', 'S'), "SI"], $"O{Letters(shape, 'O', 'I').Replace("O", "", StringComparison.Ordinal)}", shape.Count - 1,
        [('O', shape[Axis].Whole), ('I', shape[Input].Whole), ('R', Checked(shape)), ('S', Seen(shape)), .. Taps(shape)]);

    public override Value? Contract(WeightProduct product, Func<string, Value> factor) =>
        Unserved(product.Weight.Type.Shape) is null && product.Inputs(Input, factor("b"), ".inputs") is { } x ? product.Channels(product.Same(factor("core"), ".window", x), factor("a"), ".product") : null;

    public override string? Unserved(Shape shape) => IsMatrix(shape) ? $"{this} is for filters with a window, {shape} has none: lowrank is the same with one factor less" : null;

    private long Seen(Shape shape) => Inputs ?? Math.Max(1, (long)Math.Round((double)Checked(shape) * shape[Input].Whole / shape[Axis].Whole));
}
