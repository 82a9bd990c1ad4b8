using System.Globalization;

namespace Lathe.Benchmarks;

/// <summary>Our side of a comparison as a process of its own; see <see cref="Side"/> for the lines it reads.</summary>
public static class Serve
{
    /// <param name="words">The library, the folder of inputs, threads, the folder for outputs.</param>
    public static void Run(IReadOnlyList<string> words)
    {
        using var ours = new Ours(words[0], words[1], int.Parse(words[2], CultureInfo.InvariantCulture));
        Console.WriteLine("""{"ready": true}""");
        while (Console.ReadLine() is { } line && line.StartsWith("run ", StringComparison.Ordinal))
        {
            var time = ours.Measure(double.Parse(line.AsSpan(4), CultureInfo.InvariantCulture));
            Console.WriteLine(FormattableString.Invariant($$"""{"runs": {{time.Runs}}, "min_ms": {{time.Min}}, "median_ms": {{time.Median}}, "p95_ms": {{time.P95}}}"""));
        }
        ours.Save(words[3]);
    }
}
