namespace Lathe.Cli;

/// <summary>The name of a metric.</summary>
public sealed record MetricName
{
    private MetricName(Metric metric) => Metric = metric;

    internal Metric Metric { get; }

    /// <exception cref="UsageException">There is no such metric.</exception>
    public static MetricName Parse(string text) => Cli.Metric.All.FirstOrDefault(m => m.Name == text) is { } metric ? new(metric)
        : throw new UsageException($"there is no metric '{text}'", $"they are {string.Join(", ", Cli.Metric.All.Select(m => m.Name))}");

    public override string ToString() => Metric.Name;
}
