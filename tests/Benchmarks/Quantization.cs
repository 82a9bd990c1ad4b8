using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Lathe.Benchmarks;

/// <summary>What quantizing costs in accuracy: model × method × bits, by the protocols of the shared folder's score.py, calibrated on its calibration split and judged on its test split.</summary>
public static class Quantization
{
    private const string Begin = "<!-- quantization: written by tests/Benchmarks quantization -->", End = "<!-- /quantization -->";

    /// <summary>Items of a split that errors of layers are measured on.</summary>
    private const int Items = 96;

    private static readonly string[] Models = ["chargpt", "vit_glyph", "resnet_glyph", "mobilenet_digits", "mnist_cntk", "ppocr_v2_cls", "ppocr_v4_rec"];

    private static readonly string[] Formats = ["i4 group=32 scales=f16", "i3 group=32 scales=f16"];
    private static readonly string[] Methods = ["rtn", "gptq", "awq", "decouple", "adaround"];

    private static readonly string Folder = Path.Combine(Places.Root, "artifacts", "quantization");
    private static readonly string Score = Path.Combine(Places.SharedModels, "..", "tools", "score.py");

    /// <summary>Runs all, or the models named, and writes docs/quantization.md.</summary>
    public static Table Run(BenchOptions options)
    {
        var table = new Table("Quantized weights", ("model", ""), ("format", ""), ("method", ""), ("weights, bytes", "0"), ("bits per weight", "0.00"), ("error of layers", "0.0000"), ("value", "0.0000"), ("2σ", "0.0000"), ("change", "+0.0000;-0.0000;0"), ("its 2σ", "0.0000"));
        foreach (var model in options.Names.Count > 0 ? options.Names : Models)
        {
            var file = Path.Combine(Places.SharedModels, model, "model.onnx");
            foreach (var split in new[] { "calib", "test" }) if (!Directory.Exists(Inputs(model, split))) Command("python3", Score, "inputs", model, "--split", split, "--out", Inputs(model, split));
            var calibrations = new[] { "calib", "test" }.Select(split => Calibration(options, model, file, split)).ToList();
            var plain = Compile(options, file, model, []);
            var reference = Predictions(options, model, plain.Library, "f32");
            Add(table, model, "f32", "", plain, Judged(model, reference, null));
            foreach (var format in Formats)
                foreach (var method in Methods)
                {
                    var made = Compile(options, file, model, ["--quantize", $"{format}, method={method}", "--calibrate", calibrations[0], "--unseen", calibrations[1]]);
                    Add(table, model, format, method, made, Judged(model, Predictions(options, model, made.Library, "quantized"), reference));
                    Console.Error.WriteLine($"{model} {format} {method}");
                }
        }
        Write(table);
        return table;
    }

    private static void Add(Table table, string model, string format, string method, Made made, JsonElement score)
    {
        double? Number(string name) => score.TryGetProperty(name, out var e) && e.ValueKind == JsonValueKind.Number ? e.GetDouble() : null;
        table.Add(model, format, method, made.Bytes, made.Bits, made.Error, Number("value"), 2 * Number("stderr"), Number("delta"), 2 * Number("delta_stderr"));
    }

    /// <param name="Bytes">Of all weights, as stored.</param>
    /// <param name="Bits">Of the weights that were quantized.</param>
    /// <param name="Error">The mean over layers of the output's error on the test split, as a share of the output; null where nothing was quantized.</param>
    private readonly record struct Made(string Library, double Bytes, double? Bits, double? Error);

    private static Made Compile(BenchOptions options, string file, string model, string[] more)
    {
        using var json = JsonDocument.Parse(Command(options.Tool ?? Places.Lathe, ["compile", file, "-o", Folder, "--name", "quantization", "--json", "--emit=shared,contract", .. more]));
        var root = json.RootElement;
        var library = Path.Combine(Folder, "libquantization.so");
        if (!root.TryGetProperty("compression", out var compression)) return new(library, root.GetProperty("weight_bytes").GetDouble(), null, null);
        var errors = compression.GetProperty("layers").EnumerateArray().Select(l => l.TryGetProperty("unseen_error", out var e) ? e.GetDouble() : (double?)null).OfType<double>().ToList();
        return new(library, root.GetProperty("weight_bytes").GetDouble(), compression.GetProperty("bits_per_weight").GetDouble(), errors.Count == 0 ? null : errors.Average());
    }

    private static string Inputs(string model, string split) => Path.Combine(Folder, $"{model}.{split}");

    /// <summary>Statistics of a split, Gram matrices among them.</summary>
    private static string Calibration(BenchOptions options, string model, string file, string split)
    {
        var name = $"{model}_{split}";
        var text = Path.Combine(Folder, name + ".calibration");
        if (!File.Exists(text))
            Command(options.Tool ?? Places.Lathe, "compile", file, "-o", Folder, "--name", name, "--quantize", "i4 group=32, method=gptq", "--calibrate", Inputs(model, split), "--calibrate-limit", Items.ToString(CultureInfo.InvariantCulture), "--emit=calibration");
        return text;
    }

    private static string Predictions(BenchOptions options, string model, string library, string name)
    {
        var folder = Path.Combine(Folder, $"{model}.{name}");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Command(options.Tool ?? Places.Lathe, "run", library, "--batches", Inputs(model, "test"), "--save", folder);
        return folder;
    }

    private static JsonElement Judged(string model, string predictions, string? reference)
    {
        using var json = JsonDocument.Parse(Command("python3", [Score, "metric", model, "--split", "test", "--predictions", predictions, .. reference is null ? (string[])[] : ["--reference", reference]]));
        return json.RootElement.Clone();
    }

    private static string Command(string tool, params string[] arguments)
    {
        Directory.CreateDirectory(Folder);
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var problem = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new BenchmarkException($"{Path.GetFileName(tool)} {string.Join(' ', arguments)}: {problem.Result.Trim()}");
    }

    private static void Write(Table table)
    {
        var path = Path.Combine(Places.Root, "docs", "quantization.md");
        var text = File.ReadAllText(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin) throw new BenchmarkException($"{path} has no place for the table between its markers");
        File.WriteAllText(path, $"{text[..(begin + Begin.Length)]}\n{table.Markdown()}\n{text[end..]}");
    }
}
