namespace Lathe.Benchmarks;

/// <summary>Whole networks: compile, agree, compare.</summary>
public static class Models
{
    private static readonly string[] Usual = ["resnet50", "mobilenet_v2", "squeezenet1_1"];

    /// <summary>A row for each model; a model that fails is a row that says so.</summary>
    public static Table Run(BenchOptions options)
    {
        var table = new Table($"Models, threads: {options.Threads}",
            ("model", ""), ("ours ms", "0.###"), ("peer ms", "0.###"), ("peer/ours", "0.00"), ("least ms", "0.###"), ("peer least ms", "0.###"), ("least ratio", "0.00"),
            ("difference", "0.0e+0"), ("compile s", "0.0"), ("compile MB", "0"), ("bound MB", "0"), ("weights MB", "0.0"), ("arena MB", "0.00"));
        foreach (var model in (options.Names.Count > 0 ? options.Names : Usual).Select(BenchModel.Find))
        {
            using var peer = new Peer(model, options.Threads);
            if (options.PeerOnly)
            {
                var alone = Timing.Over([.. Enumerable.Range(0, options.Rounds).Select(_ => peer.Measure(options.Seconds))]);
                peer.Finish();
                table.Add(model.Name, null, alone.Median, null, null, alone.Min, null, null, null, null, null, null, null);
                continue;
            }
            var compiled = Compilation.Run(model, Dimensions(model));
            using var ours = new Ours(compiled.Library, model, options.Threads);
            var (_, mine, theirs, ratio, least, difference, _) = Comparison.Run(model, ours, peer, options);
            table.Add(model.Name, mine.Median, theirs.Median, ratio, mine.Min, theirs.Min, least, difference,
                compiled.Seconds, compiled.PeakMegabytes, 0.3 * compiled.ModelMegabytes + 300, ours.Contract.WeightBytes / 1e6, ours.Contract.ArenaBytes / 1e6);
        }
        return table;
    }

    /// <summary>The batch of the generated networks is one; models of the shared folder keep their dimensions.</summary>
    private static string[] Dimensions(BenchModel model) => model.Flops > 0 ? ["--dim", "N=1"] : [];
}
