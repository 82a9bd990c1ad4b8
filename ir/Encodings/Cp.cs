using Lathe.Ir.Algebra;

namespace Lathe.Ir;

/// <summary>
/// The filters of a convolution as a sum of separable ones: inputs mixed to as many channels as the rank, a window along each axis by itself on each channel (k×1, then 1×k), and outputs mixed of those:
/// <c>cp rank=48 (f16)</c>. Lebedev and others, Speeding-up Convolutional Neural Networks Using Fine-tuned CP-Decomposition (2015).
/// </summary>
/// <param name="Rank">As of <see cref="Ranked"/>.</param>
/// <param name="Axis">As of <see cref="Factored"/>.</param>
/// <param name="Input">As of <see cref="Factored"/>.</param>
/// <param name="Inner">As of <see cref="Factored"/>.</param>
/// <param name="Remainder">As of <see cref="Factored"/>.</param>
/// <remarks>rank·(out + in + taps along each axis) numbers. No factors are known to be the nearest; they are found by alternating least squares (Kolda and Bader, Tensor Decompositions and Applications, 2009).</remarks>
[EncodingExample("cp rank=1 (f32)", "cp rank=1 axis=1 input=0 (f16)")]
public sealed record Cp(long? Rank = null, int Axis = 0, int Input = 1, Encoding? Inner = null, Encoding? Remainder = null) : Ranked(Rank, Axis, Input, Inner, Remainder)
{
    private const int Sweeps = 60;

    /// <summary>The share of the weight's energy that a sweep must win to be followed by another.</summary>
    private const double Settled = 1e-6;

    public override string Fitting => "alternating least squares";

    public override long Full(Shape shape) => shape.Select(extent => extent.Whole).Order().SkipLast(1).Aggregate(1L, (size, extent) => size * extent);

    protected override string Subject(Shape shape) => shape.ToString();

    protected internal override Seq<Part> Factors(Shape shape)
    {
        var (rank, windows) = (Checked(shape), Windows(shape));
        // A window along one axis is a filter of its own for each channel: channels by 1 by taps there, 1 elsewhere.
        return [Factor("a", [shape[Axis], rank], 1, 0), Factor("b", [rank, shape[Input]], 1, 0), .. windows.Select((axis, i) => Factor($"t{i}", [rank, 1, .. windows.Select(other => other == axis ? shape[axis] : 1)], i + 2, 0))];
    }

    protected internal override Expr Number(Func<string, Seq<Expr>, Expr> factor, Shape shape, Seq<Expr> at)
    {
        var windows = Windows(shape);
        return Expr.Sum([Checked(shape)], k => windows.Index().Aggregate(factor("a", [at[Axis], k[0]]) * factor("b", [k[0], at[Input]]),
            (product, window) => product * factor($"t{window.Index}", [k[0], 0, .. windows.Select(other => other == window.Item ? at[other] : 0)])));
    }

    public override Seq<float[]> Split(ReadOnlySpan<float> numbers, Shape shape)
    {
        var (rank, filters) = (Checked(shape), FilterTensor.Of(numbers, shape, Axis, Input));
        int[] extents = [.. Windows(shape).Select(axis => (int)shape[axis].Whole)];
        var random = new Random(1);
        double[] Random(int count) => [.. Enumerable.Range(0, count * rank).Select(_ => random.NextDouble() + random.NextDouble() - 1)];
        // Factors with a row for each channel in between.
        var (a, b, taps) = (Array.Empty<double>(), Random(filters.Inputs), extents.Select(Random).ToArray());
        var (energy, kept) = (filters.Numbers.Sum(n => n * n), 0.0);
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var window = Window(taps, extents, rank);
            a = Solved(Matrices.Product(Spread(b, window, filters.Inputs, filters.Taps, rank), Matrices.Turned(filters.Numbers, filters.Outputs, filters.Inputs * filters.Taps), rank, filters.Inputs * filters.Taps, filters.Outputs), rank, b, [.. taps]);
            var seen = filters.Times(a, rank);
            b = Solved(Summed(seen, window, overTaps: true), rank, a, [.. taps]);
            var image = Summed(seen, b, overTaps: false);
            var gain = 0.0;
            for (var i = 0; i < extents.Length; i++)
            {
                var aim = Along(image, taps, extents, i, rank);
                taps[i] = Solved(aim, rank, a, [b, .. taps.Where((_, other) => other != i)]);
                gain = taps[i].Zip(aim, (t, m) => t * m).Sum();
            }
            if (extents.Length == 0) gain = b.Zip(Summed(seen, window, overTaps: true), (t, m) => t * m).Sum();
            // At the least squares of one factor the product's energy is what it has in common with the weight.
            if (Math.Abs(gain - kept) <= Settled * energy) break;
            kept = gain;
            // The first factor has the size of all, so it is solved once more behind this.
            if (sweep + 1 < Sweeps) foreach (var factor in taps.Append(b)) Even(factor, rank);
        }
        return [[.. Matrices.Turned(a, rank, filters.Outputs).Select(n => (float)n)], [.. b.Select(n => (float)n)], .. taps.Select(t => t.Select(n => (float)n).ToArray())];
    }

    protected internal override float[] Multiplied(Seq<float[]> factors, Shape shape)
    {
        var (rank, outputs, inputs) = (Checked(shape), (int)shape[Axis].Whole, (int)shape[Input].Whole);
        int[] extents = [.. Windows(shape).Select(axis => (int)shape[axis].Whole)];
        double[][] all = [.. factors.Select(factor => factor.Select(n => (double)n).ToArray())];
        var (window, taps) = (Window(all[2..], extents, rank), extents.Aggregate(1, (size, extent) => size * extent));
        var product = Matrices.Product(all[0], Spread(all[1], window, inputs, taps, rank), outputs, rank, inputs * taps);
        return new FilterTensor(product, outputs, inputs, taps).Natural(shape, Axis, Input);
    }

    public override TensorNetwork? Network(Shape shape) => TensorNetwork.Of(["OR", "RI", .. Taps(shape).Select(tap => $"R{tap.Letter}")], $"O{Letters(shape, 'O', 'I').Replace("O", "", StringComparison.Ordinal)}", shape.Count - 1,
        [('O', shape[Axis].Whole), ('I', shape[Input].Whole), ('R', Checked(shape)), .. Taps(shape)]);

    public override Value? Contract(WeightProduct product, Func<string, Value> factor)
    {
        var shape = product.Weight.Type.Shape;
        if (Unserved(shape) is not null || product.Inputs(Input, factor("b"), ".inputs") is not { } x) return null;
        return product.Windows(x, [.. Windows(shape).Select((_, i) => factor($"t{i}"))], ".window") is { } seen ? product.Channels(seen, factor("a"), ".product") : null;
    }

    public override string? Unserved(Shape shape) => IsMatrix(shape) ? $"{this} is for filters with a window, {shape} has none: lowrank is the same" : null;

    /// <summary>Axes of the window.</summary>
    private Seq<int> Windows(Shape shape) => [.. Enumerable.Range(0, shape.Count).Where(axis => axis != Axis && axis != Input)];

    /// <summary>The least squares of one factor, what it is multiplied with known.</summary>
    /// <param name="aim">What the weight has in common with the others, a row for each channel in between.</param>
    private static double[] Solved(double[] aim, int rank, double[] other, double[][] others)
    {
        var gram = new double[rank * rank];
        Array.Fill(gram, 1);
        foreach (var factor in others.Prepend(other))
            foreach (var (i, number) in Matrices.Product(factor, Matrices.Turned(factor, rank, factor.Length / rank), rank, factor.Length / rank, rank).Index()) gram[i] *= number;
        return Matrices.Turned(LeastSquares.Solved(Matrices.Turned(aim, rank, aim.Length / rank), gram, aim.Length / rank, rank), aim.Length / rank, rank);
    }

    /// <summary>The whole window of each channel.</summary>
    private static double[] Window(double[][] taps, int[] extents, int rank)
    {
        var window = Enumerable.Repeat(1.0, rank).ToArray();
        foreach (var (factor, extent) in taps.Zip(extents)) window = Spread(window, factor, window.Length / rank, extent, rank);
        return window;
    }

    /// <summary>Of each channel every number of one factor times every one of another.</summary>
    private static double[] Spread(double[] slow, double[] fast, int many, int few, int rank)
    {
        var all = new double[rank * many * few];
        for (var r = 0; r < rank; r++)
            for (var i = 0; i < many; i++)
                for (var k = 0; k < few; k++) all[(r * many + i) * few + k] = slow[r * many + i] * fast[r * few + k];
        return all;
    }

    /// <summary>Of each channel the sum over taps times the window, or over inputs times their factor.</summary>
    private static double[] Summed(FilterTensor seen, double[] factor, bool overTaps)
    {
        var (inputs, taps) = (seen.Inputs, seen.Taps);
        var sums = new double[seen.Outputs * (overTaps ? inputs : taps)];
        for (var r = 0; r < seen.Outputs; r++)
            for (var i = 0; i < inputs; i++)
                for (var k = 0; k < taps; k++)
                    if (seen.Numbers[(r * inputs + i) * taps + k] is var number && overTaps) sums[r * inputs + i] += number * factor[r * taps + k];
                    else sums[r * taps + k] += number * factor[r * inputs + i];
        return sums;
    }

    /// <summary>Of each channel's window the sum along all axes but one, times their factors.</summary>
    private static double[] Along(double[] image, double[][] taps, int[] extents, int axis, int rank)
    {
        var (aim, size) = (new double[rank * extents[axis]], image.Length / rank);
        for (var i = 0; i < image.Length; i++)
        {
            var (number, left, place) = (image[i], i % size, 0);
            for (var other = extents.Length - 1; other >= 0; left /= extents[other--])
                if (other == axis) place = left % extents[other];
                else number *= taps[other][i / size * extents[other] + left % extents[other]];
            aim[i / size * extents[axis] + place] += number;
        }
        return aim;
    }

    /// <summary>Gives each channel's numbers length 1; the next factor that is solved for takes over.</summary>
    private static void Even(double[] factor, int rank)
    {
        var size = factor.Length / rank;
        for (var r = 0; r < rank; r++)
            if (factor.AsSpan(r * size, size) is var row && Math.Sqrt(row.ToArray().Sum(n => n * n)) is > 0 and var norm) for (var i = 0; i < size; i++) row[i] /= norm;
    }
}
