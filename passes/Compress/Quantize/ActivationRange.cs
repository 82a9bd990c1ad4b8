using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>The step and zero point that suit what calibration saw of a value.</summary>
internal static class ActivationRange
{
    /// <summary>The range whose error is least: numbers inside are off by a step's rounding, those outside by what is cut off.</summary>
    /// <param name="seen">Of the value.</param>
    /// <param name="symmetric">Whether 0 is the middle code, of i8.</param>
    /// <returns>The format, and the signal to noise in dB that it leaves of what was seen.</returns>
    public static (Stepped Format, double Decibels) Of(ValueStatistics seen, bool symmetric)
    {
        var (low, high) = (Math.Min(seen.Min, 0), Math.Max(seen.Max, 0));
        if (symmetric) (low, high) = (-seen.AbsMax, seen.AbsMax);
        if (high - low < 1e-30) return (Between(0, 1, symmetric), double.PositiveInfinity);
        if (seen.Histogram is not { Range: > 0 } histogram) return (Between(low, high, symmetric), 10 * Math.Log10((seen.Variance + seen.Mean * seen.Mean) * 12 / Math.Pow((high - low) / 255, 2)));
        var (best, least) = (1.0, double.PositiveInfinity);
        for (var share = 1.0; share > 0.1; share -= 0.02)
        {
            var error = Error(histogram, low * share, high * share);
            if (error < least) (best, least) = (share, error);
        }
        return (Between(low * best, high * best, symmetric), 10 * Math.Log10((seen.Variance + seen.Mean * seen.Mean) * histogram.Counts.Sum() / least));
    }

    private static double Error(Histogram histogram, double low, double high)
    {
        var (step, sum) = ((high - low) / 255, 0.0);
        for (var bin = 0; bin < Histogram.Bins; bin++)
        {
            if (histogram.Counts[bin] is not (> 0 and var count)) continue;
            var x = histogram.Middle(bin);
            var off = x < low ? low - x : x > high ? x - high : 0;
            // Zeros are exact.
            sum += count * (off > 0 ? off * off : Math.Abs(x) <= histogram.Width ? 0 : step * step / 12);
        }
        return sum;
    }

    private static Stepped Between(double low, double high, bool symmetric)
    {
        var scale = (float)((high - low) / 255);
        return symmetric ? new(new Code(true, 8), scale) : new(new Code(false, 8), scale, (long)Math.Clamp(Math.Round(-low / scale), 0, 255));
    }
}
