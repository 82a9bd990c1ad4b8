using Lathe.Passes;

namespace Lathe.Benchmarks;

/// <summary>What each technique brings to whole networks: the same network compiled without it, through the pipeline and options that everybody has.</summary>
public static class Techniques
{

    private static readonly (string Name, Variants.Way Way)[] Left =
    [
        ("all", new("all", [])),
        ("Winograd", new("winograd", Passes(p => p is ScheduleKernels schedule ? schedule with { MostError = 0 } : p))),
        ("fusion", new("fusion", Passes(p => p is Fuse ? null : p))),
        ("layout", new("layout", Passes(p => p is ChannelsLast ? null : p))),
        ("graph rewrites", new("rewrites", Passes(p => p is Simplify ? null : p))),
        ("in-place and order", new("memory", Passes(p => p is InPlace or Reorder ? null : p))),
        ("row chains", new("chains", Passes(p => p is RowChains ? null : p))),
        ("64-byte vectors", new("v3", ["--cpu", "x86-64-v3"])),
        ("AVX2 and FMA", new("v2", ["--cpu", "x86-64-v2"])),
        ("second thread", new("threads", [], Threads: 2)),
    ];

    /// <summary>Of the eighteen networks, or those that are named.</summary>
    public static Table Run(BenchOptions options)
    {
        var columns = Left.Skip(1).Select(l => (l.Way.Threads > 1 ? $"with a {l.Name}" : $"without {l.Name}", "0.00"));
        var table = new Table("Time of a run without a technique over the time with all, one thread", [("network", ""), ("all, ms", "0.###"), .. columns]);
        var means = Left.Select(_ => new List<double>()).ToList();
        foreach (var model in (options.Names.Count > 0 ? options.Names : BenchModel.Judged).Select(name => BenchModel.Find(name).InBatches(options.Batch)))
        {
            var results = Variants.Run(model, options, [.. Left.Select(l => l.Way)]);
            for (var i = 0; i < results.Count; i++) if (results[i] is var (_, _, ratio)) means[i].Add(Math.Log(ratio));
            table.Add([model.Name, results[0]?.Milliseconds, .. results.Skip(1).Select(r => (object?)r?.Ratio)]);
            Console.Error.WriteLine($"{model.Name} done");
        }
        table.Add(["geometric mean", null, .. means.Skip(1).Select(m => m.Count == 0 ? null : (object?)Math.Exp(m.Average()))]);
        if (options.Markdown) Write(table, options);
        return table;
    }

    /// <summary>The default passes, each as it is, changed, or left out.</summary>
    private static string[] Passes(Func<Pass, Pass?> change) => ["--passes", string.Join(", ", PassList.All().Select(change).OfType<Pass>().Select(p => p.ToString()))];

    private static void Write(Table table, BenchOptions options)
    {
        var path = Path.Combine(Places.Root, "docs", "performance.md");
        var (marker, more) = options.Batch == 1 ? ("techniques", "") : ("techniques in batches", " --batch N");
        string Begin = $"<!-- {marker}: written by tests/Benchmarks techniques{more} --markdown -->", End = $"<!-- /{marker} -->";
        var text = File.ReadAllText(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin) throw new BenchmarkException($"{path} has no place for the table between its markers");
        File.WriteAllText(path, FormattableString.Invariant($"{text[..(begin + Begin.Length)]}\nMedians of {options.Rounds} turns of {options.Seconds} s each{(options.Batch > 1 ? $", inputs {options.Batch} times as long" : "")} on {NetworkTables.Processor()}.\n\n{table.Markdown()}{text[end..]}"));
    }
}
