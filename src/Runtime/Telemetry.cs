using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Lathe.Runtime;

/// <summary>Runs as other tools watch them: the meter and the source of activities are both called Lathe.Runtime. Where nobody listens, nothing is measured.</summary>
internal static class Telemetry
{
    private const string Name = "Lathe.Runtime";

    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("lathe.run.duration", "s", "time of one run of a model");
    private static readonly ActivitySource Activities = new(Name);

    /// <summary>Begins to measure a run of this model; its end is when this is disposed.</summary>
    public static Measured Run(string model) => new(model, Duration.Enabled ? Stopwatch.GetTimestamp() : 0, Activities.HasListeners() ? Activities.StartActivity("lathe.run")?.SetTag("lathe.model", model) : null);

    internal readonly struct Measured(string model, long began, Activity? activity) : IDisposable
    {
        public void Dispose()
        {
            if (began != 0) Duration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, new KeyValuePair<string, object?>("lathe.model", model));
            activity?.Dispose();
        }
    }
}
