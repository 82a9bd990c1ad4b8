using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Lathe.Benchmarks;

/// <summary>A labelled model of the shared folder, judged by the protocols of its score.py: compressed by what the calibration split shows, scored on the test split.</summary>
/// <param name="folder">Where inputs, libraries and predictions lie.</param>
internal sealed class ScoredModel(BenchOptions options, string model, string folder)
{
    /// <summary>Items of a split that errors of layers are measured on.</summary>
    public const int Items = 96;

    private static readonly string Scorer = Path.Combine(Places.SharedModels, "..", "tools", "score.py");

    private readonly string file = Path.Combine(Places.SharedModels, model, "model.onnx");

    /// <param name="Bytes">Of all weights, as stored.</param>
    /// <param name="Bits">For each number that there was, of the weights that were compressed.</param>
    /// <param name="Error">The mean over layers of the output's error on the test split, as a share of the output; null where nothing was compressed.</param>
    /// <param name="Layers">The same for each weight.</param>
    public readonly record struct Made(string Library, double Bytes, double? Bits, double? Error, IReadOnlyDictionary<string, double> Layers);

    public Made Compile(params string[] more)
    {
        Directory.CreateDirectory(folder);
        using var json = JsonDocument.Parse(Command(options.Tool ?? Places.Lathe, ["compile", file, "-o", folder, "--name", model, "--json", "--emit=shared,contract", .. more]));
        var root = json.RootElement;
        var library = Path.Combine(folder, $"lib{model}.so");
        if (!root.TryGetProperty("compression", out var compression)) return new(library, root.GetProperty("weight_bytes").GetDouble(), null, null, new Dictionary<string, double>());
        var errors = compression.GetProperty("layers").EnumerateArray().Where(l => l.TryGetProperty("unseen_error", out _)).ToDictionary(l => l.GetProperty("weight").GetString()!, l => l.GetProperty("unseen_error").GetDouble(), StringComparer.Ordinal);
        return new(library, root.GetProperty("weight_bytes").GetDouble(), compression.GetProperty("bits_per_weight").GetDouble(), errors.Count == 0 ? null : errors.Values.Average(), errors);
    }

    /// <summary>Batches of a split.</summary>
    public string Inputs(string split)
    {
        var inputs = Path.Combine(folder, $"{model}.{split}");
        if (!Directory.Exists(inputs)) Command("python3", Scorer, "inputs", model, "--split", split, "--out", inputs);
        return inputs;
    }

    /// <summary>Statistics of a split, Gram matrices among them.</summary>
    public string Calibration(string split)
    {
        var name = $"{model}_{split}";
        var text = Path.Combine(folder, name + ".calibration");
        if (!File.Exists(text))
            Command(options.Tool ?? Places.Lathe, "compile", file, "-o", folder, "--name", name, "--quantize", "i4 group=32, method=gptq", "--calibrate", Inputs(split), "--calibrate-limit", Items.ToString(CultureInfo.InvariantCulture), "--emit=calibration");
        return text;
    }

    /// <summary>The least time of a run over one batch of the test split, on one thread.</summary>
    public double Milliseconds(string library)
    {
        using var run = new Ours(library, Directory.GetDirectories(Inputs("test")).Order(StringComparer.Ordinal).First(), threads: 1);
        return Enumerable.Range(0, options.Rounds).Min(_ => run.Measure(options.Seconds / 10).Min);
    }

    /// <summary>What a library makes of the test split.</summary>
    public string Predictions(string library, string name)
    {
        var predictions = Path.Combine(folder, $"{model}.{name}");
        if (Directory.Exists(predictions)) Directory.Delete(predictions, recursive: true);
        Command(options.Tool ?? Places.Lathe, "run", library, "--batches", Inputs("test"), "--save", predictions);
        return predictions;
    }

    /// <summary>A model's score, and against other predictions what it changes and how many decisions are the same.</summary>
    /// <param name="Twice">Two standard deviations of the value; <paramref name="TwiceChange"/> of the change.</param>
    public readonly record struct Score(double? Value, double? Twice, double? Change, double? TwiceChange, double? Agreement);

    public Score Judged(string predictions, string? reference)
    {
        using var json = JsonDocument.Parse(Command("python3", [Scorer, "metric", model, "--split", "test", "--predictions", predictions, .. reference is null ? (string[])[] : ["--reference", reference]]));
        double? Number(string name) => json.RootElement.TryGetProperty(name, out var e) && e.ValueKind == JsonValueKind.Number ? e.GetDouble() : null;
        return new(Number("value"), 2 * Number("stderr"), Number("delta"), 2 * Number("delta_stderr"), Number("agreement"));
    }

    /// <summary>Mean over decisions of Σ p·ln(p / q), p the reference's: numbers along the last axis are logits, or shares where they add up to 1.</summary>
    public static double Divergence(string reference, string predictions)
    {
        var (sum, count) = (0.0, 0L);
        foreach (var batch in Directory.GetDirectories(reference).Order(StringComparer.Ordinal))
        {
            var (p, q) = (NpyFile.Read(Path.Combine(batch, "output_0.npy")), NpyFile.Read(Path.Combine(predictions, Path.GetFileName(batch), "output_0.npy")));
            var size = (int)p.Shape[^1];
            float[] a = [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(p.Data)], b = [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(q.Data)];
            for (var row = 0; row < a.Length; row += size, count++)
            {
                var (x, y) = (Logarithms(a.AsSpan(row, size)), Logarithms(b.AsSpan(row, size)));
                for (var i = 0; i < size; i++) sum += Math.Exp(x[i]) * (x[i] - y[i]);
            }
        }
        return sum / count;
    }

    private static double[] Logarithms(ReadOnlySpan<float> numbers)
    {
        var (all, logarithms) = (0.0, new double[numbers.Length]);
        var shares = true;
        foreach (var n in numbers) (all, shares) = (all + n, shares && n >= 0);
        if (shares && Math.Abs(all - 1) < 1e-3)
        {
            for (var i = 0; i < logarithms.Length; i++) logarithms[i] = Math.Log(Math.Max(1e-12, numbers[i]));
            return logarithms;
        }
        var (most, rest) = (double.NegativeInfinity, 0.0);
        foreach (var n in numbers) most = Math.Max(most, n);
        foreach (var n in numbers) rest += Math.Exp(n - most);
        for (var i = 0; i < logarithms.Length; i++) logarithms[i] = numbers[i] - most - Math.Log(rest);
        return logarithms;
    }

    private static string Command(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var problem = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new BenchmarkException($"{Path.GetFileName(tool)} {string.Join(' ', arguments)}: {problem.Result.Trim()}");
    }
}
