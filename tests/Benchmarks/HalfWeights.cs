namespace Lathe.Benchmarks;

/// <summary>Networks with weights in f16 beside the same in f32: half the bytes should cost no time.</summary>
public static class HalfWeights
{
    private static readonly string[] Usual = ["resnet50", "mobilenet_v2", "bert_mini_128", "llama_512x8_decode"];

    public static Table Run(BenchOptions options)
    {
        var table = new Table("Weights in f16 beside f32, one thread", ("network", ""), ("f32 MB", "0.0"), ("f16 MB", "0.0"), ("all f16 MB", "0.0"), ("f32 ms", "0.000"), ("f16 ms", "0.000"), ("speed of f16", "0.00"), ("all f16 ms", "0.000"), ("speed of all f16", "0.00"));
        foreach (var model in (options.Names.Count > 0 ? options.Names : Usual).Select(BenchModel.Find))
        {
            var all = Variants.Run(model, options, [new("f32", []), new("f16", ["--quantize", "f16"]), new("f16size", ["--quantize", "f16", "--objective", "size"])]);
            table.Add(model.Name, all[0]?.Compiled.WeightBytes / 1e6, all[1]?.Compiled.WeightBytes / 1e6, all[2]?.Compiled.WeightBytes / 1e6, all[0]?.Milliseconds, all[1]?.Milliseconds, 1 / all[1]?.Ratio, all[2]?.Milliseconds, 1 / all[2]?.Ratio);
        }
        return table;
    }
}
