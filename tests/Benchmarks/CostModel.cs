using System.Globalization;
using Lathe.Codegen.Llvm;
using Lathe.Codegen.Measuring;
using Lathe.Ir;
using Lathe.Onnx;
using Lathe.Passes;

namespace Lathe.Benchmarks;

/// <summary>What the cost model expects of each kernel beside what it takes inside its network; arithmetic as fast as is measured in the same run, reads as calibrated now.</summary>
public static class CostModel
{
    private static readonly string[] Usual = ["resnet50", "mobilenet_v2", "efficientnet_b0", "bert_mini_128", "deit_tiny", "llama_512x8_decode", "lstm_2x512"];

    /// <summary>Kernels that take less are mostly what it costs to call them.</summary>
    private const double LeastMicroseconds = 2;

    public static IEnumerable<Table> Run(BenchOptions options)
    {
        var summary = new Table("The cost model's error: |expected - measured| / measured of kernels above 2 us", ("network", ""), ("kernels", "0"), ("median error %", "0"), ("error of the sum %", "0"), ("expected ms", "0.000"), ("measured ms", "0.000"));
        var kernels = new Table("Kernels, the worst estimates first", ("network", ""), ("node", ""), ("template", ""), ("expected us", "0.0"), ("measured us", "0.0"), ("expected/measured", "0.00"));
        var errors = new List<double>();
        var all = new List<(string Network, string Node, string Template, double Expected, double Measured)>();
        foreach (var model in (options.Names.Count > 0 ? options.Names : Usual).Select(BenchModel.Find))
        {
            var own = Measured(model, options).Where(k => k.Measured >= LeastMicroseconds).ToList();
            var wrong = own.ConvertAll(k => Math.Abs(k.Expected / k.Measured - 1));
            errors.AddRange(wrong);
            all.AddRange(own);
            var (expected, measured) = (own.Sum(k => k.Expected), own.Sum(k => k.Measured));
            summary.Add(model.Name, own.Count, 100 * Timing.Middle(wrong), 100 * (expected / measured - 1), expected / 1e3, measured / 1e3);
        }
        summary.Add("all", errors.Count, 100 * Timing.Middle(errors), null, null, null);
        foreach (var k in all.OrderByDescending(k => Math.Abs(k.Expected - k.Measured)).Take(60)) kernels.Add(k.Network, k.Node, k.Template, k.Expected, k.Measured, k.Expected / k.Measured);
        return [summary, kernels];
    }

    private static IEnumerable<(string Network, string Node, string Template, double Expected, double Measured)> Measured(BenchModel model, BenchOptions options)
    {
        var compiled = Lathe.Benchmarks.Compilation.Run(model, options, model.Dimensions());
        var words = model.Dimensions().Where(w => w != "--dim").Select(DimBinding.Parse);
        var plain = MachineTable.Of(CpuTarget.Host);
        var machine = plain with { StepRate = FmaPeak.Measure() / 2 / plain.Lanes, Level2Rate = ReadRate.Measure(plain.Level2 / 2), Level3Rate = ReadRate.Measure(plain.Level3 / 2), MemoryRate = ReadRate.Measure(256 << 20) };
        // Decisions as the artifact's, numbers of this machine.
        var compilation = new Lathe.Passes.Compilation(plain);
        var program = compilation.Run(OnnxModel.Load(model.Path, new ImportOptions([.. words])).Graph);
        var estimates = Estimate.Of(program, compilation.Paces, machine);
        var infos = program.Steps.Calls.DistinctBy(c => c.Name).ToDictionary(c => c.Name, c => c.Info, StringComparer.Ordinal);
        using var ours = new Ours(compiled.Library, model.Inputs, threads: 1);
        var runs = 0L;
        for (var round = 0; round < options.Rounds; round++) runs += ours.Profile(options.Seconds).Runs;
        foreach (var (i, kernel) in ours.Contract.Kernels.Index())
        {
            if (ours.Times.Calls(i) == 0 || infos.GetValueOrDefault(kernel.Name) is not { } info) continue;
            yield return (model.Name, kernel.Name, info.Template, estimates[kernel.Name].Microseconds, ours.Times.LeastMilliseconds(i) * 1e3);
        }
    }
}
