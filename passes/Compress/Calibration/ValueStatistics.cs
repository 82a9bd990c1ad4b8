namespace Lathe.Passes;

/// <summary>What calibration saw of one value. Numbers that are infinite are left out and counted.</summary>
/// <param name="Count">Finite numbers seen.</param>
/// <param name="Infinite">Numbers that were infinite: masks.</param>
/// <param name="Histogram">Of all numbers; null where the value was rescaled since.</param>
/// <param name="Channels">Along the value's channel axis.</param>
public sealed record ValueStatistics(long Count, long Infinite, double Min, double Max, double Mean, double Variance, Histogram? Histogram, ChannelStatistics Channels)
{
    public double AbsMax => Math.Max(Math.Abs(Min), Math.Abs(Max));

    /// <summary>What it would have been, each channel times a factor.</summary>
    public ValueStatistics Scaled(ReadOnlySpan<double> factors)
    {
        var channels = Channels.Scaled(factors);
        var (mean, square) = (0.0, 0.0);
        for (var c = 0; c < channels.Count; c++) (mean, square) = (mean + channels.Mean[c] / channels.Count, square + channels.Square(c) / channels.Count);
        return this with { Min = channels.Min.Min(), Max = channels.Max.Max(), Mean = mean, Variance = Math.Max(0, square - mean * mean), Histogram = null, Channels = channels };
    }
}

/// <summary>An entry for each index of the channel axis, all of them seen equally often.</summary>
/// <param name="Axis">Which axis of the value that is; -1: there is one channel, the whole value.</param>
/// <param name="AbsMean">Mean magnitude.</param>
public sealed record ChannelStatistics(int Axis, double[] Min, double[] Max, double[] Mean, double[] Variance, double[] AbsMean)
{
    public int Count => Min.Length;

    public double AbsMax(int channel) => Math.Max(Math.Abs(Min[channel]), Math.Abs(Max[channel]));

    /// <summary>Mean square.</summary>
    public double Square(int channel) => Variance[channel] + Mean[channel] * Mean[channel];

    public ChannelStatistics Scaled(ReadOnlySpan<double> factors)
    {
        if (factors.Length != Count) throw new ArgumentException($"{factors.Length} factors for {Count} channels");
        var f = factors.ToArray();
        double[] Times(double[] numbers, Func<double, double> power) => [.. numbers.Select((x, c) => x * power(f[c]))];
        var (low, high) = (Times(Min, x => x), Times(Max, x => x));
        return new(Axis, [.. low.Zip(high, Math.Min)], [.. low.Zip(high, Math.Max)], Times(Mean, x => x), Times(Variance, x => x * x), Times(AbsMean, Math.Abs));
    }
}
