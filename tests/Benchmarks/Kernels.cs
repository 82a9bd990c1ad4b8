namespace Lathe.Benchmarks;

/// <summary>Contractions as a share of what the core can do, measured in the same run.</summary>
public static class Kernels
{
    /// <summary>Single operators beside the peer, then ResNet-50's convolutions where they stand in the network.</summary>
    public static IEnumerable<Table> Run(BenchOptions options)
    {
        yield return Operators(options);
        if (options.Names.Count == 0) yield return Convolutions(options);
    }

    private static Table Operators(BenchOptions options)
    {
        var table = new Table("Operators, one thread",
            ("model", ""), ("peak GFLOP/s", "0.0"), ("ours ms", "0.###"), ("% of peak", "0"), ("peer ms", "0.###"), ("peer % of peak", "0"), ("peer/ours", "0.00"), ("difference", "0.0e+0"));
        var models = options.Names.Count > 0
            ? options.Names.Select(BenchModel.Find)
            : BenchModel.All().Where(m => m.Name.StartsWith("op_matmul_", StringComparison.Ordinal) || m.Name.StartsWith("op_conv_", StringComparison.Ordinal));
        foreach (var model in models)
        {
            using var peer = new Peer(model, threads: 1);
            using var ours = new Ours(Compilation.Run(model).Library, model, threads: 1);
            var (_, mine, theirs, _, least, difference, peak) = Comparison.Run(model, ours, peer, options, FmaPeak.Measure);
            table.Add(model.Name, peak, mine.Min, Share(mine.Min), theirs.Min, Share(theirs.Min), least, difference);

            double Share(double milliseconds) => 100 * model.Flops / (milliseconds * 1e6) / peak;
        }
        return table;
    }

    /// <summary>Kernels that hold a convolution, timed inside the network; the first layer has its own row.</summary>
    private static Table Convolutions(BenchOptions options)
    {
        var model = BenchModel.Find("resnet50");
        using var ours = new Ours(Compilation.Run(model).Library, model, threads: 1);
        var peak = 0.0;
        for (var round = 0; round < options.Rounds; round++)
        {
            peak = Math.Max(peak, FmaPeak.Measure());
            ours.Profile(options.Seconds);
        }
        var runs = ours.Times.Calls(0);
        var table = new Table($"ResNet-50's kernels, one thread, peak {peak:F1} GFLOP/s",
            ("kernel", ""), ("ms", "0.###"), ("MFLOP", "0.0"), ("% of peak", "0"), ("nodes", ""));
        double time = 0, flops = 0;
        for (var i = 0; i < ours.Contract.Kernels.Length; i++)
        {
            var (kernel, milliseconds) = (ours.Contract.Kernels[i], ours.Times.TotalMilliseconds(i) / runs);
            table.Add(kernel.Name, milliseconds, kernel.Flops / 1e6, Share(kernel.Flops, milliseconds), string.Join(" ", kernel.Nodes));
            (time, flops) = (time + milliseconds, flops + kernel.Flops);
        }
        table.Add("all", time, flops / 1e6, Share(flops, time), "");
        return table;

        double Share(double work, double milliseconds) => 100 * work / (milliseconds * 1e6) / peak;
    }
}
