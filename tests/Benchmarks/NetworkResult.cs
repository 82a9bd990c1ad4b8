namespace Lathe.Benchmarks;

/// <summary>What became of one network: a row of the table, whatever went wrong.</summary>
/// <param name="Noise">How far ONNX Runtime's own outputs, optimised and not, lie apart, as a share of the largest magnitude; null where it does not run.</param>
/// <param name="Compiled">Null where the compile failed.</param>
/// <param name="Runs">One for each count of threads.</param>
/// <param name="Failure">The first thing that went wrong; null where nothing did.</param>
public sealed record NetworkResult(BenchModel Model, double? Noise, Compilation? Compiled, IReadOnlyList<NetworkRun> Runs, string? Failure)
{
    /// <summary>The largest difference that a change of the order of sums may make.</summary>
    public double Limit => Math.Max(1e-5, 10 * (Noise ?? 0));

    /// <summary>The largest difference of all counts of threads; null where none ran to its end.</summary>
    public double? Difference => Runs.Select(r => r.Comparison?.Difference).Max();

    /// <summary>The comparison with this many threads, where it ran to its end and agrees.</summary>
    public Comparison? Good(int threads) => Runs.FirstOrDefault(r => r.Threads == threads)?.Comparison is { } c && c.Difference <= Limit ? c : null;
}

/// <summary>Both sides in turns with some threads.</summary>
/// <param name="Comparison">Null where a side failed.</param>
public sealed record NetworkRun(int Threads, Comparison? Comparison);
