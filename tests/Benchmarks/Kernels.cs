using Lathe.Codegen.Measuring;

namespace Lathe.Benchmarks;

/// <summary>Contractions as a share of what the core can do, measured in the same run.</summary>
public static class Kernels
{
    /// <summary>Single operators beside the peer, then ResNet-50's convolutions where they stand in the network.</summary>
    public static IEnumerable<Table> Run(BenchOptions options)
    {
        yield return Operators(options);
        if (options.Names.Count > 0) yield break;
        yield return UnknownOperator.Run(options);
        yield return Convolutions(options);
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
            using var ours = Side.Ours(Compilation.Run(model, options, model.Dimensions()).Library, model, threads: 1);
            using var peer = Side.Peer(model, threads: 1);
            var (_, mine, theirs, _, least, difference, _, peak) = Comparison.Run(model, ours, peer, options, FmaPeak.Measure);
            table.Add(model.Name, peak, mine.Min, Share(mine.Min), theirs.Min, Share(theirs.Min), least, difference);

            double Share(double milliseconds) => 100 * model.Flops / (milliseconds * 1e6) / peak;
        }
        return table;
    }

    /// <summary>
    /// Every kernel of ResNet-50, timed inside the network. Its convolutions have 26 to 236 MFLOP each and nothing else has over 5, so work tells
    /// them apart; a kernel that only prepares or finishes one counts to it by the node's name.
    /// </summary>
    private static Table Convolutions(BenchOptions options)
    {
        const double LeastConvolution = 1e7;
        var model = BenchModel.Find("resnet50");
        using var ours = new Ours(Compilation.Run(model, options, model.Dimensions()).Library, model.Inputs, threads: 1);
        var kernels = ours.Contract.Kernels;
        if (kernels.Where(k => k.Flops >= LeastConvolution).Sum(k => k.Flops) is var work && Math.Abs(work / model.Flops - 1) > 0.01)
            throw new BenchmarkException(FormattableString.Invariant($"resnet50: the kernels of convolutions declare {work / 1e6:F1} MFLOP, the model has {model.Flops / 1e6:F1}"));

        var (peak, runs) = (0.0, 0L);
        for (var round = 0; round < options.Rounds; round++)
        {
            peak = Math.Max(peak, FmaPeak.Measure());
            runs += ours.Profile(options.Seconds).Runs;
        }
        var table = new Table(FormattableString.Invariant($"ResNet-50's kernels, one thread, peak {peak:F1} GFLOP/s"),
            ("kernel", ""), ("least ms", "0.###"), ("mean ms", "0.###"), ("MFLOP", "0.0"), ("% of peak", "0"), ("nodes", ""));
        var first = kernels.First(k => k.Flops >= LeastConvolution).Nodes;
        var others = kernels.Where(k => k.Flops >= LeastConvolution).SelectMany(k => k.Nodes).Except(first).ToHashSet(StringComparer.Ordinal);
        Sum("all", _ => true);
        Sum("first convolution", k => k.Nodes.Intersect(first).Any());
        Sum("other convolutions", k => k.Nodes.Any(others.Contains));
        foreach (var kernel in kernels) Sum(kernel.Name, k => ReferenceEquals(k, kernel), string.Join(" ", kernel.Nodes));
        return table;

        void Sum(string name, Func<Runtime.ContractKernel, bool> belongs, string nodes = "")
        {
            double least = 0, mean = 0, flops = 0;
            for (var i = 0; i < kernels.Length; i++)
            {
                if (!belongs(kernels[i])) continue;
                least += ours.Times.LeastMilliseconds(i) * ours.Times.Calls(i) / runs;
                mean += ours.Times.TotalMilliseconds(i) / runs;
                flops += kernels[i].Flops;
            }
            table.Add(name, least, mean, flops / 1e6, 100 * flops / (least * 1e6) / peak, nodes);
        }
    }
}
