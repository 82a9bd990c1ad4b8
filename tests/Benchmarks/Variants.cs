using Lathe.Ir;

namespace Lathe.Benchmarks;

/// <summary>One model compiled in several ways, all timed in turns: what differs between them is not the machine's mood.</summary>
public static class Variants
{
    /// <summary>A way to compile and run.</summary>
    /// <param name="Name">A file name, too.</param>
    /// <param name="Words">For the compiler.</param>
    /// <param name="Threads">Of a run.</param>
    public sealed record Way(string Name, IReadOnlyList<string> Words, int Threads = 1);

    /// <summary>For each way the median of the rounds' medians, its compile, and its ratio to the first way: the median of the rounds' ratios. Null where it cannot be compiled or run.</summary>
    public static IReadOnlyList<(Compilation Compiled, double Milliseconds, double Ratio)?> Run(BenchModel model, BenchOptions options, IReadOnlyList<Way> ways)
    {
        List<(Compilation Compiled, Side Side)?> sides = [];
        try
        {
            foreach (var way in ways) sides.Add(Prepared(model, options, way));
            var times = ways.Select(_ => new List<double>()).ToList();
            for (var round = 0; round < options.Rounds; round++)
                for (var i = 0; i < ways.Count; i++)
                    if (sides[i] is var (_, side)) times[i].Add(side.Measure(options.Seconds).Median);
            return [.. sides.Select(((Compilation Compiled, Side Side)? side, int i) => side is var (compiled, _)
                ? (compiled, Timing.Middle(times[i]), times[0].Count == 0 ? double.NaN : Timing.Middle(times[i].Zip(times[0], (own, first) => own / first))) : ((Compilation, double, double)?)null)];
        }
        finally
        {
            foreach (var side in sides) side?.Side.Dispose();
        }
    }

    private static (Compilation, Side)? Prepared(BenchModel model, BenchOptions options, Way way)
    {
        try
        {
            var compiled = Compilation.Run(model, options, [.. model.Dimensions(), .. way.Words], way.Name);
            return (compiled, Side.Ours(compiled.Library, model, way.Threads));
        }
        catch (Exception problem) when (problem is BenchmarkException or IOException or DiagnosticException)
        {
            Console.Error.WriteLine($"{model.Name}, {way.Name}: {problem.Message}");
            return null;
        }
    }
}
