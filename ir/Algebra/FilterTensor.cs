namespace Lathe.Ir.Algebra;

/// <summary>Filters as outputs by inputs by taps, whatever the order of their axes is: what decompositions of three sides work on.</summary>
/// <param name="Numbers">Outputs, inputs, taps; the last runs fastest.</param>
public sealed record FilterTensor(double[] Numbers, int Outputs, int Inputs, int Taps)
{
    /// <param name="output">The axis of outputs, <paramref name="input"/> that of inputs; the others are taps, in their order.</param>
    public static FilterTensor Of(ReadOnlySpan<float> numbers, Shape shape, int output, int input)
    {
        var (outputs, inputs) = ((int)shape[output].Whole, (int)shape[input].Whole);
        var (places, all) = (Places(shape, output, input), new double[numbers.Length]);
        for (var i = 0; i < all.Length; i++) all[i] = numbers[places[i]];
        return new(all, outputs, inputs, numbers.Length / Math.Max(1, outputs * inputs));
    }

    /// <summary>In the order of a weight's axes.</summary>
    /// <param name="shape">The weight's; extents of outputs and inputs may be others than here.</param>
    public float[] Natural(Shape shape, int output, int input)
    {
        var (places, all) = (Places(shape.With(output, Outputs).With(input, Inputs), output, input), new float[Numbers.Length]);
        for (var i = 0; i < all.Length; i++) all[places[i]] = (float)Numbers[i];
        return all;
    }

    /// <summary>Inputs in place of outputs.</summary>
    public FilterTensor Turned()
    {
        var turned = new double[Numbers.Length];
        for (var o = 0; o < Outputs; o++)
            for (var i = 0; i < Inputs; i++) Numbers.AsSpan((o * Inputs + i) * Taps, Taps).CopyTo(turned.AsSpan((i * Outputs + o) * Taps));
        return new(turned, Inputs, Outputs, Taps);
    }

    /// <summary>Outputs mixed to others.</summary>
    /// <param name="matrix">Others by outputs.</param>
    public FilterTensor Times(double[] matrix, int others) => new(Matrices.Product(matrix, Numbers, others, Outputs, Inputs * Taps), others, Inputs, Taps);

    /// <summary>The directions of outputs that hold most, a row each.</summary>
    public double[] Leading(int count)
    {
        var columns = Inputs * Taps;
        return LeadingEigen.Of(Matrices.Product(Numbers, Matrices.Turned(Numbers, Outputs, columns), Outputs, columns, Outputs), Outputs, count).Vectors[..(count * Outputs)];
    }

    /// <summary>Where each number lies in the weight.</summary>
    private static int[] Places(Shape shape, int output, int input)
    {
        var places = new List<int> { 0 };
        foreach (var axis in (int[])[output, input, .. Enumerable.Range(0, shape.Count).Where(axis => axis != output && axis != input)])
        {
            var (extent, step) = ((int)shape[axis].Whole, (int)shape.Skip(axis + 1).Aggregate(1L, (size, e) => size * e.Whole));
            places = [.. places.SelectMany(place => Enumerable.Range(0, extent).Select(i => place + i * step))];
        }
        return [.. places];
    }
}
