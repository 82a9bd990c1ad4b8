namespace Lathe.Cli;

/// <summary>What a model said of one item, and what it should have.</summary>
/// <param name="Number">Of the item, from 0.</param>
/// <param name="Numbers">The output for it, without the batch axis.</param>
/// <param name="Label">Its label as numbers; empty where there is none.</param>
/// <param name="Text">Its label as words.</param>
/// <param name="Reference">What the reference model said.</param>
internal sealed record Answer(int Number, double[] Numbers, Seq<long> Shape, long[] Label, string Text, double[]? Reference)
{
    /// <summary>Numbers of the last axis; one where there is none.</summary>
    public int Width => Shape.Count == 0 ? 1 : (int)Shape[^1];

    /// <summary>The entries along the last axis, row after row.</summary>
    public IEnumerable<ArraySegment<double>> Rows(double[] numbers) => Enumerable.Range(0, numbers.Length / Math.Max(1, Width)).Select(i => new ArraySegment<double>(numbers, i * Width, Width));

    /// <summary>The first place of the largest number.</summary>
    public static int Largest(ReadOnlySpan<double> numbers)
    {
        var best = 0;
        for (var i = 1; i < numbers.Length; i++) if (numbers[i] > numbers[best]) best = i;
        return best;
    }

    /// <summary>ln of the softmax.</summary>
    public static double[] LogSoftmax(ReadOnlySpan<double> numbers)
    {
        var (most, sum, result) = (double.NegativeInfinity, 0.0, new double[numbers.Length]);
        foreach (var x in numbers) most = Math.Max(most, x);
        foreach (var x in numbers) sum += Math.Exp(x - most);
        for (var i = 0; i < result.Length; i++) result[i] = numbers[i] - most - Math.Log(sum);
        return result;
    }
}
