using System.Diagnostics;

namespace Lathe.Benchmarks;

/// <summary>Times of one way of running a model, in milliseconds.</summary>
public sealed record Timing(double Min, double Median, double P95, int Runs)
{
    /// <summary>Calls for the given time, at least five times, each call timed alone; as the peer measures itself.</summary>
    public static Timing Of(double seconds, Action run)
    {
        var times = new List<double>();
        var end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        while (times.Count < 5 || Stopwatch.GetTimestamp() < end)
        {
            var began = Stopwatch.GetTimestamp();
            run();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        times.Sort();
        return new(times[0], times[times.Count / 2], times[(int)(times.Count * 0.95)], times.Count);
    }

    /// <summary>The rounds of one side as one: the least of all, the medians of medians and of tails.</summary>
    public static Timing Over(IReadOnlyList<Timing> rounds) =>
        new(rounds.Min(r => r.Min), Middle(rounds.Select(r => r.Median)), Middle(rounds.Select(r => r.P95)), rounds.Sum(r => r.Runs));

    /// <summary>The upper median.</summary>
    public static double Middle(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
