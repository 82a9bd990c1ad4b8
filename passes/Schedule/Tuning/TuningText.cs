using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A tuning file as text: a line for each kernel, ordered by key, <c>//</c> before what is for readers.</summary>
public static class TuningText
{
    private const string Head = "// lathe autotune 1: KEY CPU CHOICE // microseconds of it and of the cost model's own choice, schedules tried";

    /// <exception cref="DiagnosticException">LT4211, for each line that is none.</exception>
    public static Seq<TunedKernel> Read(string text, string file)
    {
        List<TunedKernel> all = [];
        List<Diagnostic> faults = [];
        void Fault(int line, string message) => faults.Add(new("LT4211", $"tuning file: {message}", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{file}:{line + 1}"), "remove the line, or the file: compile --autotune FILE measures anew what is not in it"));
        var lines = text.Split('\n');
        if (text.Length > 0 && lines[0].TrimEnd('\r') != Head) Fault(0, $"it begins with another line than '{Head}'");
        foreach (var (number, line) in lines.Select(line => line.Trim()).Index())
        {
            if (line.Length == 0 || line.StartsWith("//", StringComparison.Ordinal)) continue;
            try
            {
                var tuned = TunedKernel.Parse(line);
                if (all.Exists(other => other.Key == tuned.Key)) throw new FormatException($"{tuned.Key[..12]}… has a line already");
                all.Add(tuned);
            }
            catch (FormatException e) { Fault(number, e.Message); }
        }
        return faults.Count == 0 ? [.. all] : throw new DiagnosticException([.. faults]);
    }

    public static string Print(IEnumerable<TunedKernel> all) => $"{Head}\n{string.Concat(all.OrderBy(k => k.Key, StringComparer.Ordinal).Select(k => $"{k}\n"))}";
}
