namespace Lathe.Benchmarks;

/// <summary>What quantizing costs in accuracy: model × method × bits, by the protocols of the shared folder's score.py, calibrated on its calibration split and judged on its test split.</summary>
public static class Quantization
{
    private const string Begin = "<!-- quantization: written by tests/Benchmarks quantization -->", End = "<!-- /quantization -->";

    private static readonly string[] Transformers = ["chargpt", "vit_glyph"];

    /// <summary>Of the last there are too few labelled items for a score: agreement and divergence judge it.</summary>
    private static readonly string[] Others = ["resnet_glyph", "mobilenet_digits", "mnist_cntk", "ppocr_v2_cls", "ppocr_v4_rec", "magika_standard_v3_3"];

    private static readonly string Folder = Path.Combine(Places.Root, "artifacts", "quantization");

    /// <summary>What is measured of a model: the preset for speed first, then weights alone in few bits, stored whatever they take to run.</summary>
    private static IEnumerable<(string Format, string Method, string Objective)> Rows(string model)
    {
        yield return ("int8", "rtn", "speed");
        foreach (var method in Transformers.Contains(model) ? ["rtn", "gptq", "awq", "decouple", "adaround"] : (string[])["rtn", "gptq", "decouple"]) yield return ("i4 group=32 scales=f16", method, "size");
        if (!Transformers.Contains(model)) yield break;
        foreach (var method in (string[])["rtn", "gptq", "awq", "decouple", "adaround"]) yield return ("i3 group=32 scales=f16", method, "size");
        yield return ("dual_grained, activations=dynamic", "gptq", "size");
        yield return ("i4 group=32 scales=f16, mixed_rows=0.1", "gptq", "size");
    }

    /// <summary>Runs all models, or those named, whose rows take the place of their old ones in docs/quantization.md.</summary>
    public static Table Run(BenchOptions options)
    {
        var table = new Table("Quantized weights", ("model", ""), ("format", ""), ("method", ""), ("weights, bytes", "0"), ("bits per weight", "0.00"), ("error of layers", "0.0000"), ("value", "0.0000"), ("2σ", "0.0000"), ("change", "+0.0000;-0.0000;0"), ("its 2σ", "0.0000"), ("agreement", "0.0000"), ("KL", "0.00000"), ("ms", "0.000"));
        foreach (var model in options.Names.Count > 0 ? options.Names : [.. Transformers, .. Others])
        {
            var scored = new ScoredModel(options, model, Folder);
            var (calibration, unseen) = (scored.Calibration("calib"), scored.Calibration("test"));
            var plain = scored.Compile();
            var reference = scored.Predictions(plain.Library, "f32");
            Add(table, model, "f32", "", plain, scored.Judged(reference, null), null, scored.Milliseconds(plain.Library));
            foreach (var (format, method, objective) in Rows(model))
            {
                // Outputs of whole models are measured on data itself, not on its statistics.
                var data = format.Contains("mixed_rows", StringComparison.Ordinal) ? scored.Inputs("calib") : calibration;
                var made = scored.Compile(["--quantize", $"{format}, method={method}", $"--objective={objective}", "--calibrate", data, .. data == calibration ? (string[])["--unseen", unseen] : ["--calibrate-limit", "96"]]);
                var predictions = scored.Predictions(made.Library, "quantized");
                Add(table, model, format, method, made, scored.Judged(predictions, reference), ScoredModel.Divergence(reference, predictions), scored.Milliseconds(made.Library));
                Console.Error.WriteLine($"{model} {format} {method}");
            }
        }
        Write(table);
        return table;
    }

    private static void Add(Table table, string model, string format, string method, ScoredModel.Made made, ScoredModel.Score score, double? divergence, double milliseconds) =>
        table.Add(model, format, method, made.Bytes, made.Bits, made.Error, score.Value, score.Twice, score.Change, score.TwiceChange, score.Agreement, divergence, milliseconds);

    private static void Write(Table table)
    {
        var path = Path.Combine(Places.Root, "docs", "quantization.md");
        var text = File.ReadAllText(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin) throw new BenchmarkException($"{path} has no place for the table between its markers");
        // Rows of models that were not run stay, where the table had the same columns.
        var (made, old) = (table.Markdown().TrimEnd('\n').Split('\n').ToList(), text[(begin + Begin.Length)..end].Split('\n').ToList());
        var header = made.FindIndex(line => line.StartsWith("| model", StringComparison.Ordinal));
        static string Model(string line) => line.Split('|')[1].Trim();
        var run = made.Skip(header + 2).Select(Model).ToHashSet(StringComparer.Ordinal);
        var kept = old.Contains(made[header]) ? old.SkipWhile(line => line != made[header]).Skip(2).Where(line => line.StartsWith('|') && !run.Contains(Model(line))) : [];
        File.WriteAllText(path, $"{text[..(begin + Begin.Length)]}\n{string.Join('\n', [.. made, .. kept])}\n\n{text[end..]}");
    }
}
