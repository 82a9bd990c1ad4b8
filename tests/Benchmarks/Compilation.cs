using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Lathe.Benchmarks;

/// <summary>One compile by the tool, as a user runs it.</summary>
/// <param name="Library">The shared library it wrote.</param>
/// <param name="Seconds">From start to end of the process.</param>
/// <param name="PeakMegabytes">Most anonymous memory of the process and those it started (mapped files are not counted), sampled every few milliseconds.</param>
/// <param name="ModelMegabytes">The model file.</param>
/// <param name="CodeBytes">Of the kernels and the entry.</param>
/// <param name="WeightBytes">As a run maps them.</param>
/// <param name="ArenaBytes">Of the workspace; null where it has no bound.</param>
public sealed record Compilation(string Library, double Seconds, double PeakMegabytes, double ModelMegabytes, double CodeBytes, double WeightBytes, double? ArenaBytes)
{
    /// <summary>What a compile may take at most: 0.3 of the model and 300 MB.</summary>
    public double BoundMegabytes => 0.3 * ModelMegabytes + 300;

    /// <summary>Compiles as the words say, with the tool's defaults beside them.</summary>
    /// <param name="variant">Names a folder of its own, for several of one model at a time.</param>
    public static Compilation Run(BenchModel model, BenchOptions options, IEnumerable<string> words, string variant = "")
    {
        var tool = options.Tool ?? Places.Lathe;
        if (!File.Exists(tool)) throw new BenchmarkException($"no {tool}: run ./build.sh first");
        var folder = Path.Combine(Places.Root, "artifacts", "bench", variant == "" ? model.Name : $"{model.Name}.{variant}");
        var began = Stopwatch.GetTimestamp();
        string[] all = ["compile", model.Path, "-o", folder, "--name", model.Name, "--json", .. words];
        var start = tool.EndsWith(".dll", StringComparison.Ordinal) ? new ProcessStartInfo("dotnet", [tool, .. all]) : new ProcessStartInfo(tool, all);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["LATHE_CACHE"] = "off"; // compile times are cold
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var complaints = process.StandardError.ReadToEndAsync();
        long peak = 0;
        while (!process.WaitForExit(5)) peak = Math.Max(peak, AnonymousBytes(process.Id));
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (process.ExitCode != 0) throw new BenchmarkException($"compile ended with {process.ExitCode}: {Reason(complaints.Result)}");
        using var report = JsonDocument.Parse(output.Result);
        return new(Path.Combine(folder, $"lib{model.Name}.so"), seconds, peak / 1e6, new FileInfo(model.Path).Length / 1e6, Number("code_bytes")!.Value, Number("weight_bytes")!.Value, Number("arena_bytes"));

        double? Number(string name) => report.RootElement.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;
    }

    /// <summary>The first line that is an error and not a warning, and how many there are.</summary>
    private static string Reason(string complaints)
    {
        string[] lines = [.. complaints.Split('\n').Where(l => l.Contains("error", StringComparison.OrdinalIgnoreCase))];
        return lines.Length == 0 ? complaints.Trim() : lines.Length == 1 ? lines[0] : $"{lines[0]} (the first of {lines.Length})";
    }

    /// <summary>Anonymous memory of a process and its children, from proc(5); 0 for one that has just ended.</summary>
    private static long AnonymousBytes(int process)
    {
        try
        {
            var own = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith("RssAnon:", StringComparison.Ordinal));
            var children = File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return (own is null ? 0 : 1024 * long.Parse(own.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))
                + children.Sum(child => AnonymousBytes(int.Parse(child, CultureInfo.InvariantCulture)));
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
