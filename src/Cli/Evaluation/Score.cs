namespace Lathe.Cli;

/// <summary>A metric over a data set.</summary>
/// <param name="Influence">Of each item on the value: their squares add up to its variance.</param>
/// <param name="IsShare">Whether the value is a share of items, between 0 and 1.</param>
internal sealed record Score(double Value, double[] Influence, bool IsShare)
{
    /// <summary>97.5 % of a normal distribution lies below this many standard deviations.</summary>
    private const double Normal = 1.959963984540054;

    public double StandardError => Math.Sqrt(Influence.Sum(u => u * u));

    /// <summary>95 %: Wilson's interval of a share (it holds near 0 and 1, too), else the normal one.</summary>
    public (double Low, double High) Interval
    {
        get
        {
            if (!IsShare || Influence.Length == 0) return (Value - Normal * StandardError, Value + Normal * StandardError);
            var (n, z) = ((double)Influence.Length, Normal * Normal);
            var (middle, half) = ((Value + z / (2 * n)) / (1 + z / n), Normal * Math.Sqrt(Value * (1 - Value) / n + z / (4 * n * n)) / (1 + z / n));
            return (middle - half, middle + half);
        }
    }

    /// <summary>The mean of the judgements' values.</summary>
    public static Score Mean(IReadOnlyList<Judgement> all, bool isShare)
    {
        var mean = all.Average(j => j.Value);
        return new(mean, [.. all.Select(j => (j.Value - mean) / all.Count)], isShare);
    }
}
