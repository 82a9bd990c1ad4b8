namespace Lathe.Benchmarks;

/// <summary>What pruning costs in accuracy: model × pattern × method, calibrated on the calibration split and judged on the test split.</summary>
public static class Pruning
{
    private const string Begin = "<!-- pruning: written by tests/Benchmarks pruning -->", End = "<!-- /pruning -->";

    private static readonly string[] Models = ["mobilenet_digits", "resnet_glyph", "vit_glyph", "chargpt", "ppocr_v4_rec"];

    /// <summary>Options of --prune, those together that answer one question.</summary>
    private static readonly string[] Ways =
    [
        "unstructured@60%, method=magnitude", "unstructured@60%, method=wanda", "unstructured@60%, method=obs",
        "unstructured@60%, method=wanda, allocate=rd",
        "2:4, method=magnitude", "2:4, method=wanda", "2:4, method=obs",
        "unstructured@70%, method=wanda", "unstructured@70%, method=wanda, refine=dsnot",
        "channels@50%, method=magnitude", "channels@50%, method=magnitude, refine=reconstruct", "channels@50%, method=obs",
    ];

    /// <summary>Those that run data again, or through other graphs: statistics of the model do not do.</summary>
    private static readonly string[] Ran =
    [
        "unstructured@60%, method=wanda, allocate=zo", "unstructured@80%, method=obs", "unstructured@80%, method=obs, steps=3", "blocks@1", "share@1", "slice@20%", "slice@20%, basis=each",
    ];

    private static readonly string Folder = Path.Combine(Places.Root, "artifacts", "pruning");

    /// <summary>Runs all, or the models named; all are written into docs/sparsity.md.</summary>
    public static Table Run(BenchOptions options)
    {
        var table = new Table("Pruned weights", ("model", ""), ("pruned", ""), ("weights, bytes", "0"), ("ms", "0.00"), ("error of layers", "0.0000"), ("KL", "0.0000"), ("value", "0.0000"), ("2σ", "0.0000"), ("change", "+0.0000;-0.0000;0"), ("its 2σ", "0.0000"));
        foreach (var model in options.Names.Count > 0 ? options.Names : Models)
        {
            var scored = new ScoredModel(options, model, Folder);
            var (calibration, unseen) = (scored.Calibration("calib"), scored.Calibration("test"));
            var plain = scored.Compile();
            var reference = scored.Predictions(plain.Library, "f32");
            var before = scored.Judged(reference, null);
            var inputs = Path.Combine(scored.Inputs("test"), "0000");
            table.Add(model, "", plain.Bytes, Least(options, plain.Library, inputs), null, null, before.Value, before.Twice, null, null);
            foreach (var way in Ways) Judge(way, "--calibrate", calibration, "--unseen", unseen);
            foreach (var way in Ran)
            {
                // No blocks of one structure, nothing normalized, no units: what a model has nothing of is no row of it.
                try { Judge(way, "--calibrate", scored.Inputs("calib"), "--calibrate-limit", ScoredModel.Items.ToString(System.Globalization.CultureInfo.InvariantCulture), "--unseen", scored.Inputs("test")); }
                catch (BenchmarkException e) when (e.Message.Contains("LT3236", StringComparison.Ordinal) || e.Message.Contains("LT3238", StringComparison.Ordinal)) { Console.Error.WriteLine($"{model} {way}: {e.Message.Split('\n')[0]}"); }
            }

            void Judge(string way, params string[] data)
            {
                var made = scored.Compile(["--prune", way, .. data]);
                var predictions = scored.Predictions(made.Library, "pruned");
                var after = scored.Judged(predictions, reference);
                table.Add(model, way, made.Bytes, Least(options, made.Library, inputs), made.Error, ScoredModel.Divergence(reference, predictions), after.Value, after.Twice, after.Change, after.TwiceChange);
                Console.Error.WriteLine($"{model} {way}");
            }
        }
        if (options.Names.Count == 0) Write(table);
        return table;
    }

    /// <summary>The least time of a batch, one thread, in ms.</summary>
    private static double Least(BenchOptions options, string library, string inputs)
    {
        using var run = new Ours(library, inputs, threads: 1);
        return Enumerable.Range(0, options.Rounds).Min(_ => run.Measure(options.Seconds).Min);
    }

    private static void Write(Table table)
    {
        var path = Path.Combine(Places.Root, "docs", "sparsity.md");
        var text = File.ReadAllText(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin) throw new BenchmarkException($"{path} has no place for the table between its markers");
        File.WriteAllText(path, $"{text[..(begin + Begin.Length)]}\n{table.Markdown()}\n{text[end..]}");
    }
}
