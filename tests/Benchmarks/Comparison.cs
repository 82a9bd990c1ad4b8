namespace Lathe.Benchmarks;

/// <summary>Ours and the peer in turns on one model, so that a machine that changes its mind changes it for both.</summary>
/// <param name="Ratio">The peer's time over ours, the median of the rounds: 1.25 is a quarter faster.</param>
/// <param name="LeastRatio">The same of the least times.</param>
/// <param name="Difference">Of the outputs, as a share of the largest magnitude.</param>
/// <param name="Expected">The peer's outputs.</param>
/// <param name="Peak">Each round's best FMA rate in GFLOP/s, the largest of all; 0 when not asked for.</param>
public sealed record Comparison(BenchModel Model, Timing Ours, Timing Peer, double Ratio, double LeastRatio, double Difference, IReadOnlyList<NpyFile> Expected, double Peak)
{
    /// <summary>Runs rounds of the peak (where given), ours and the peer.</summary>
    public static Comparison Run(BenchModel model, Side ours, Side peer, BenchOptions options, Func<double>? peak = null)
    {
        List<Timing> mine = [], theirs = [];
        var ceiling = 0.0;
        for (var round = 0; round < options.Rounds; round++)
        {
            if (peak is not null) ceiling = Math.Max(ceiling, peak());
            mine.Add(ours.Measure(options.Seconds));
            theirs.Add(peer.Measure(options.Seconds));
        }
        IReadOnlyList<NpyFile> expected = [.. peer.Finish().Select(NpyFile.Read)];
        var difference = expected.Zip(ours.Finish(), (output, actual) => output.Difference(NpyFile.Read(actual))).DefaultIfEmpty(0).Max();
        var (a, b) = (Timing.Over(mine), Timing.Over(theirs));
        var ratio = Timing.Middle(mine.Zip(theirs, (m, t) => t.Median / m.Median));
        return new(model, a, b, ratio, b.Min / a.Min, difference, expected, ceiling);
    }
}
