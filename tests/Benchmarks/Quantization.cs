namespace Lathe.Benchmarks;

/// <summary>What quantizing costs in accuracy: model × method × bits, by the protocols of the shared folder's score.py, calibrated on its calibration split and judged on its test split.</summary>
public static class Quantization
{
    private const string Begin = "<!-- quantization: written by tests/Benchmarks quantization -->", End = "<!-- /quantization -->";

    private static readonly string[] Models = ["chargpt", "vit_glyph", "resnet_glyph", "mobilenet_digits", "mnist_cntk", "ppocr_v2_cls", "ppocr_v4_rec"];

    private static readonly string[] Formats = ["i4 group=32 scales=f16", "i3 group=32 scales=f16"];
    private static readonly string[] Methods = ["rtn", "gptq", "awq", "decouple", "adaround"];

    private static readonly string Folder = Path.Combine(Places.Root, "artifacts", "quantization");

    /// <summary>Runs all, or the models named, and writes docs/quantization.md.</summary>
    public static Table Run(BenchOptions options)
    {
        var table = new Table("Quantized weights", ("model", ""), ("format", ""), ("method", ""), ("weights, bytes", "0"), ("bits per weight", "0.00"), ("error of layers", "0.0000"), ("value", "0.0000"), ("2σ", "0.0000"), ("change", "+0.0000;-0.0000;0"), ("its 2σ", "0.0000"));
        foreach (var model in options.Names.Count > 0 ? options.Names : Models)
        {
            var scored = new ScoredModel(options, model, Folder);
            var (calibration, unseen) = (scored.Calibration("calib"), scored.Calibration("test"));
            var plain = scored.Compile();
            var reference = scored.Predictions(plain.Library, "f32");
            Add(table, model, "f32", "", plain, scored.Judged(reference, null));
            foreach (var format in Formats)
                foreach (var method in Methods)
                {
                    var made = scored.Compile("--quantize", $"{format}, method={method}", "--calibrate", calibration, "--unseen", unseen);
                    Add(table, model, format, method, made, scored.Judged(scored.Predictions(made.Library, "quantized"), reference));
                    Console.Error.WriteLine($"{model} {format} {method}");
                }
        }
        Write(table);
        return table;
    }

    private static void Add(Table table, string model, string format, string method, ScoredModel.Made made, (double?, double?, double?, double?) score) =>
        table.Add(model, format, method, made.Bytes, made.Bits, made.Error, score.Item1, score.Item2, score.Item3, score.Item4);

    private static void Write(Table table)
    {
        var path = Path.Combine(Places.Root, "docs", "quantization.md");
        var text = File.ReadAllText(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin) throw new BenchmarkException($"{path} has no place for the table between its markers");
        File.WriteAllText(path, $"{text[..(begin + Begin.Length)]}\n{table.Markdown()}\n{text[end..]}");
    }
}
