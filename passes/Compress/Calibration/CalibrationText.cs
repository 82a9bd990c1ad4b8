using System.Globalization;
using System.Text;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A calibration as text that compares line by line: values in the order of their names, numbers in the shortest form that reads back equal.</summary>
public static class CalibrationText
{
    private const string Head = "calibration of model ";

    /// <summary>Whether a file is one, by its first bytes.</summary>
    public static bool Opens(string path)
    {
        if (!File.Exists(path)) return false;
        using var file = File.OpenRead(path);
        var first = new byte[Head.Length];
        return file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) == first.Length && System.Text.Encoding.ASCII.GetString(first) == Head;
    }

    public static string Print(Calibration calibration)
    {
        var text = new StringBuilder($"{Head}{calibration.Model}\n").Append(CultureInfo.InvariantCulture, $"{calibration.Items} items of {calibration.Data}\n");
        foreach (var (name, value) in calibration.Values.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"value {NameText.Quoted(name)}\n");
            Row(text, "all", [value.Count, value.Infinite, value.Min, value.Max, value.Mean, value.Variance, value.Channels.Axis]);
            Row(text, "min", value.Channels.Min);
            Row(text, "max", value.Channels.Max);
            Row(text, "mean", value.Channels.Mean);
            Row(text, "variance", value.Channels.Variance);
            Row(text, "absmean", value.Channels.AbsMean);
            if (value.Histogram is not { } histogram) continue;
            var (first, last) = (Array.FindIndex(histogram.Counts, n => n > 0), Array.FindLastIndex(histogram.Counts, n => n > 0));
            Row(text, "histogram", [histogram.Range, Math.Max(0, first), .. first < 0 ? [] : Short(histogram.Counts[first..(last + 1)])]);
        }
        foreach (var (key, gram) in calibration.Grams.OrderBy(g => g.Key, StringComparer.Ordinal)) text.Append(CultureInfo.InvariantCulture, $"gram {NameText.Quoted(key)}\n  size {gram.Size} {gram.Groups}\n");
        return text.ToString();
    }

    /// <summary>The Gram matrices in the order of the text.</summary>
    public static void Matrices(Calibration calibration, Stream stream)
    {
        foreach (var (_, gram) in calibration.Grams.OrderBy(g => g.Key, StringComparer.Ordinal)) gram.Write(stream);
    }

    /// <exception cref="DiagnosticException">LT3214: it is none, or cut off. LT3215: it is of another model.</exception>
    /// <param name="name">Of the file, for diagnostics.</param>
    /// <param name="model">The model it must be of.</param>
    /// <param name="matrices">Reads what <see cref="Matrices"/> wrote; null: the text holds none.</param>
    public static Calibration Read(string text, string name, string model, Stream? matrices = null)
    {
        var lines = text.Split('\n');
        if (lines.Length < 2 || !lines[0].StartsWith(Head, StringComparison.Ordinal)) throw Fault(name, 1, "this is no calibration");
        if (lines[0][Head.Length..] is var of && of != model)
            throw new DiagnosticException([new("LT3215", $"calibration: {name} is of another model: {Short(of)}, this one is {Short(model)}", "", "calibrate this model: --calibrate DATA --emit=calibration")]);
        var head = lines[1].Split(" items of ", 2);
        if (head.Length < 2 || !int.TryParse(head[0], NumberStyles.None, CultureInfo.InvariantCulture, out var items)) throw Fault(name, 2, "it does not say how many items were run");
        var (values, grams) = (new Dictionary<string, ValueStatistics>(StringComparer.Ordinal), new Dictionary<string, Gram>(StringComparer.Ordinal));
        for (var at = 2; at < lines.Length && lines[at] != "";)
        {
            var isGram = lines[at].StartsWith("gram ", StringComparison.Ordinal);
            var word = isGram ? "gram " : "value ";
            var value = lines[at].StartsWith(word + "\"", StringComparison.Ordinal) && lines[at].EndsWith('"') ? Unquoted(lines[at][word.Length..], at) : throw Fault(name, at + 1, "a value is expected");
            var rows = new Dictionary<string, double[]>(StringComparer.Ordinal);
            for (at++; at < lines.Length && lines[at].StartsWith("  ", StringComparison.Ordinal); at++) Read(lines[at], at, rows);
            if (!(isGram ? grams.TryAdd(value, Matrix(rows, at)) : values.TryAdd(value, Value(rows, at)))) throw Fault(name, at, $"{value} is told of twice");
        }
        return new(of, head[1], items, values, grams);

        string Unquoted(string quoted, int at)
        {
            try { return NameText.Unquoted(quoted); }
            catch (FormatException e) { throw Fault(name, at + 1, e.Message); }
        }

        void Read(string line, int at, Dictionary<string, double[]> rows)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var numbers = new double[words.Length - 1];
            for (var i = 0; i < numbers.Length; i++)
                if (!double.TryParse(words[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i])) throw Fault(name, at + 1, $"'{words[i + 1]}' is no number");
            rows[words[0]] = numbers;
        }

        Gram Matrix(Dictionary<string, double[]> rows, int at)
        {
            if (!rows.TryGetValue("size", out var size) || size is not [>= 1 and <= 65536, >= 1 and <= 65536]) throw Fault(name, at, "the size of the matrix above is missing or none");
            try { return Gram.Read(matrices ?? throw Fault(name, at, "the file of its matrices is missing"), (int)size[0], (int)size[1]); }
            catch (EndOfStreamException) { throw Fault(name, at, "the file of its matrices is cut off"); }
        }

        ValueStatistics Value(Dictionary<string, double[]> rows, int at)
        {
            double[] Row(string row, int count) => rows.TryGetValue(row, out var numbers) && (count < 0 ? numbers.Length > 0 : numbers.Length == count) ? numbers : throw Fault(name, at, $"the row {row} of the value above is missing or cut off");
            var (all, min) = (Row("all", 7), Row("min", -1));
            Histogram? histogram = null;
            if (rows.TryGetValue("histogram", out var bins))
            {
                if (bins.Length < 2 || bins[1] < 0 || bins[1] + bins.Skip(2).Sum(n => n < 0 ? -n : 1) > Histogram.Bins) throw Fault(name, at, "the histogram above has too few numbers, or too many");
                histogram = Histogram.Of(bins[0], [.. new long[(int)bins[1]], .. bins[2..].SelectMany(n => n < 0 ? new long[(int)-n] : [(long)n])]);
            }
            return new((long)all[0], (long)all[1], all[2], all[3], all[4], all[5], histogram, new((int)all[6], min, Row("max", min.Length), Row("mean", min.Length), Row("variance", min.Length), Row("absmean", min.Length)));
        }
    }

    /// <summary>Counts with runs of zeros as how many they are, below 0.</summary>
    private static IEnumerable<double> Short(long[] counts)
    {
        for (var i = 0; i < counts.Length;)
        {
            var zeros = counts.Skip(i).TakeWhile(n => n == 0).Count();
            yield return zeros > 0 ? -zeros : counts[i];
            i += Math.Max(1, zeros);
        }
    }

    private static void Row(StringBuilder text, string what, double[] numbers)
    {
        text.Append("  ").Append(what);
        foreach (var number in numbers) text.Append(' ').Append(number.ToString(CultureInfo.InvariantCulture));
        text.Append('\n');
    }

    private static string Short(string hash) => hash.Length > 12 ? hash[..12] : hash;

    private static DiagnosticException Fault(string name, int line, string message) => new([new("LT3214", $"calibration: {message}", string.Create(CultureInfo.InvariantCulture, $"{name}:{line}"), "lathe compile --calibrate DATA --emit=calibration writes it anew")]);
}
