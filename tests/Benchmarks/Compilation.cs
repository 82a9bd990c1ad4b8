using System.Diagnostics;
using System.Globalization;

namespace Lathe.Benchmarks;

/// <summary>One compile by the tool, as a user runs it.</summary>
/// <param name="Library">The shared library it wrote.</param>
/// <param name="Seconds">From start to end of the process.</param>
/// <param name="PeakMegabytes">Most anonymous memory of the process and those it started (mapped files are not counted), sampled every few milliseconds.</param>
/// <param name="ModelMegabytes">The model file.</param>
public sealed record Compilation(string Library, double Seconds, double PeakMegabytes, double ModelMegabytes)
{
    /// <summary>Compiles with the tool's defaults.</summary>
    public static Compilation Run(BenchModel model, params IEnumerable<string> options)
    {
        if (!File.Exists(Places.Lathe)) throw new BenchmarkException("no artifacts/lathe: run ./build.sh first");
        var folder = Path.Combine(Places.Root, "artifacts", "bench", model.Name);
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(Places.Lathe, ["compile", model.Path, "-o", folder, "--name", model.Name, .. options]))!;
        long peak = 0;
        while (!process.WaitForExit(5)) peak = Math.Max(peak, AnonymousBytes(process.Id));
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (process.ExitCode != 0) throw new BenchmarkException($"lathe compile {model.Name} ended with {process.ExitCode}");
        return new(Path.Combine(folder, $"lib{model.Name}.so"), seconds, peak / 1e6, new FileInfo(model.Path).Length / 1e6);
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
