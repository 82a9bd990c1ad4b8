using System.Globalization;
using System.Runtime.InteropServices;

namespace Lathe.Benchmarks;

/// <summary>Results of networks as tables: all figures of one count of threads, and the short one of the README.</summary>
public static class NetworkTables
{
    private const string From = "<!-- benchmarks: written by tests/Benchmarks networks --readme -->", To = "<!-- /benchmarks -->";

    /// <summary>Everything that was measured with this many threads. Ratios: the peer's time over ours, 1.25 is a quarter faster.</summary>
    public static Table Full(IReadOnlyList<NetworkResult> results, int threads)
    {
        var table = new Table($"Networks, threads: {threads}; {Mean(results, threads)}",
            ("model", ""), ("ours ms", "0.###"), ("peer ms", "0.###"), ("peer/ours", "0.00"), ("least ms", "0.###"), ("peer least ms", "0.###"), ("least ratio", "0.00"), ("difference", "0.0e+0"),
            ("limit", "0.0e+0"), ("compile s", "0.0"), ("compile MB", "0"), ("bound MB", "0"), ("code KB", "0"), ("weights MB", "0.0"), ("arena MB", "0.00"), ("failure", ""));
        foreach (var result in results)
        {
            var run = result.Runs.First(r => r.Threads == threads).Comparison;
            var compiled = result.Compiled;
            table.Add(result.Model.Name, run?.Ours.Median, run?.Peer.Median, run?.Ratio, run?.Ours.Min, run?.Peer.Min, run?.LeastRatio, run?.Difference, result.Limit,
                compiled?.Seconds, compiled?.PeakMegabytes, compiled?.BoundMegabytes, compiled?.CodeBytes / 1e3, compiled?.WeightBytes / 1e6, compiled?.ArenaBytes / 1e6, result.Failure ?? "");
        }
        return table;
    }

    /// <summary>Speed beside the peer for each count of threads; what failed keeps its row.</summary>
    public static Table Short(IReadOnlyList<NetworkResult> results, IReadOnlyList<int> threads)
    {
        (string, string)[] columns = [("model", ""), ("weights MB", "0.0"), ("error", "0.0e+0"), ("compile s", "0.0"),
            .. threads.SelectMany(n => ((string, string)[])[($"Lathe ms, {Count(n)}", "0.###"), ("ONNX Runtime ms", "0.###"), ("speed", "0.00")])];
        var table = new Table(string.Join("; ", threads.Select(n => $"{Count(n)}: {Mean(results, n)}")), columns);
        foreach (var result in results)
        {
            table.Add([result.Model.Name, result.Compiled?.WeightBytes / 1e6, result.Difference, result.Compiled?.Seconds,
                .. threads.SelectMany(n => ((object?[])[result.Good(n)?.Ours.Median, result.Good(n)?.Peer.Median, result.Good(n)?.Ratio]))]);
        }
        return table;
    }

    /// <summary>Puts the short table, and what it was measured on, between the README's marks.</summary>
    /// <exception cref="BenchmarkException">The marks are not there.</exception>
    public static void WriteReadme(IReadOnlyList<NetworkResult> results, BenchOptions options)
    {
        var path = Path.Combine(Places.Root, "README.md");
        var text = File.ReadAllText(path);
        var (from, to) = (text.IndexOf(From, StringComparison.Ordinal), text.IndexOf(To, StringComparison.Ordinal));
        if (from < 0 || to < from) throw new BenchmarkException($"README.md has no lines {From} and {To}");
        File.WriteAllText(path, $"{text[..from]}{From}\nMedians, f32, in turns with ONNX Runtime's C API on {Processor()}. Speed: ONNX Runtime's time over Lathe's. Error: the largest difference to its\n" +
            $"output, as a share of the largest magnitude.\n\n{Short(results, options.Threads).Markdown()}{text[to..]}");
    }

    /// <summary>Of the ratios of those that ran and agree.</summary>
    private static string Mean(IReadOnlyList<NetworkResult> results, int threads)
    {
        double[] logarithms = [.. results.Select(r => r.Good(threads)).OfType<Comparison>().Select(c => Math.Log(c.Ratio))];
        var mean = logarithms.Length == 0 ? "no" : Math.Exp(logarithms.Average()).ToString("0.00", CultureInfo.InvariantCulture);
        return $"geometric mean {mean} × ONNX Runtime's speed over {logarithms.Length} of {results.Count} networks";
    }

    private static string Count(int threads) => threads == 1 ? "1 thread" : $"{threads} threads";

    /// <summary>What it is measured on.</summary>
    public static string Processor()
    {
        const string Information = "/proc/cpuinfo";
        var name = File.Exists(Information) ? File.ReadLines(Information).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() : null;
        return $"{Environment.ProcessorCount} cores of {name ?? RuntimeInformation.ProcessArchitecture.ToString()}";
    }
}
