using System.Text;
using System.Text.Json;
using Lathe.Codegen.Package;
using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>What a compile did: times, sizes, templates, files.</summary>
/// <param name="Beside">Files about it.</param>
internal sealed record CompileReport(string Name, string Cpu, Program Program, Artifact Artifact, IReadOnlyList<(string Stage, TimeSpan Time)> Times, CompressionReport Compression, Seq<string> Beside = default, (IReadOnlyList<TunedKernel> Used, int Measured)? Tuned = null)
{
    /// <summary>A template's description begins with this where no fast form was found.</summary>
    private const string Slow = "plain";

    private IEnumerable<(CallKernel Call, CallInfo Info)> Calls => Program.Steps.Calls.Where(c => c.Info is not null).Select(c => (c, c.Info!));

    /// <summary>Calls by the first word of their template, the most work first.</summary>
    private IEnumerable<(string Template, int Count, double Flops)> Templates => Calls.GroupBy(c => c.Info.Template.Split(' ', ':')[0], StringComparer.Ordinal)
        .Select(g => (g.Key, g.Count(), g.Sum(c => Most(c.Info.Flops)))).OrderByDescending(t => t.Item3).ThenBy(t => t.Key, StringComparer.Ordinal);

    /// <summary>Those that a run calls; packing happens in the compiler.</summary>
    private int Kernels => Program.Steps.Calls.Select(c => c.Kernel).Distinct(StringComparer.Ordinal).Count();

    private IEnumerable<(CallKernel Call, CallInfo Info)> SlowCalls => Calls.Where(c => c.Info.Template.StartsWith(Slow, StringComparison.Ordinal));

    /// <summary>A compile that nothing asks machine code of makes none.</summary>
    private string Code => Artifact.CodeBytes == 0 ? "none was asked for" : Quantity.Bytes(Artifact.CodeBytes);

    /// <summary>What it takes, in bytes; open dimensions at their usual extent.</summary>
    public IEnumerable<(string What, string Bytes)> Space
    {
        get
        {
            yield return ("code", Code);
            yield return ("weights", Quantity.Bytes(Artifact.WeightBytes));
            yield return ("arena", Size(Program.ArenaBytes));
            yield return ("least possible arena", Size(Program.LowerBound));
        }
    }

    public string Text() => Print(Kept, $"{Quantity.Milliseconds(Times.Sum(t => t.Time.TotalMilliseconds))}: {string.Join(", ", Times.Where(t => t.Time.TotalMilliseconds >= 1).Select(t => $"{t.Stage} {Quantity.Milliseconds(t.Time.TotalMilliseconds)}"))}", Artifact.Files.Concat(Beside));

    /// <summary>What another compile to the same files would tell too.</summary>
    public KeptReport Kept => new($"{Name} for {Cpu}", Body(), Json());

    /// <param name="time">What took how long.</param>
    public static string Print(KeptReport told, string time, IEnumerable<string> files)
    {
        var text = new StringBuilder($"{told.Head}\n");
        Line(text, "time", time);
        text.Append(told.Body);
        foreach (var file in files) Line(text, "wrote", $"{file} ({Quantity.Bytes(new FileInfo(file).Length)})");
        return text.ToString();
    }

    private static void Line(StringBuilder text, string what, string value) => text.Append(CultureInfo.InvariantCulture, $"  {what,-10} {value}\n");

    private string Body()
    {
        var text = new StringBuilder();
        Line(text, "code", Code);
        Line(text, "weights", Quantity.Bytes(Artifact.WeightBytes));
        Line(text, "arena", $"{Size(Program.ArenaBytes)}, the least possible is {Size(Program.LowerBound)}{(Program.Symbols.Count == 0 ? "" : $" (open dimensions at {Sizes.Typical})")}");
        Line(text, "kernels", $"{Kernels} in {Program.Steps.Calls.Count()} calls: {string.Join(", ", Templates.Select(t => $"{t.Template} x{t.Count}"))}");
        if (Tuned is var (used, now)) Line(text, "tuned", string.Create(CultureInfo.InvariantCulture, $"{used.Count} kernels, {now} measured now: {used.Count(k => k.Choice == ScheduleChoice.Model)} as the cost model chose, in all {used.Sum(k => k.Microseconds):0.0} us against {used.Sum(k => k.ModelMicroseconds):0.0}"));
        foreach (var (what, told) in Compression.Lines()) Line(text, what, told);
        foreach (var (call, info) in SlowCalls) Line(text, "slow", $"{call.Name}: {info.Template}");
        return text.ToString();
    }

    public string Json() => JsonText.Print(json =>
    {
        json.WriteString("name", Name);
        json.WriteString("cpu", Cpu);
        WriteTimes(json, Times);
        json.WriteNumber("code_bytes", Artifact.CodeBytes);
        json.WriteNumber("weight_bytes", Artifact.WeightBytes);
        json.WriteReal("arena_bytes", Most(Program.ArenaBytes));
        json.WriteReal("arena_lower_bound", Most(Program.LowerBound));
        json.WriteNumber("kernels", Kernels);
        json.WriteObjects("templates", Templates, t =>
        {
            json.WriteString("template", t.Template);
            json.WriteNumber("calls", t.Count);
            json.WriteReal("flops", t.Flops);
        });
        if (Tuned is var (used, now))
        {
            json.WriteNumber("measured_now", now);
            json.WriteObjects("tuned", used, k =>
            {
                json.WriteString("key", k.Key);
                json.WriteString("choice", k.Choice.ToString());
                json.WriteNumber("us", k.Microseconds);
                json.WriteNumber("model_us", k.ModelMicroseconds);
                json.WriteNumber("tried", k.Tried);
            });
        }
        json.WriteObjects("slow", SlowCalls, c =>
        {
            json.WriteString("node", c.Call.Name);
            json.WriteString("template", c.Info.Template);
        });
        Compression.Json(json);
        WriteFiles(json, Artifact.Files.Concat(Beside));
    });

    /// <summary>The JSON that was kept, with these times and files.</summary>
    public static string Json(KeptReport told, IEnumerable<(string Stage, TimeSpan Time)> times, IEnumerable<string> files)
    {
        using var kept = JsonDocument.Parse(told.Json);
        return JsonText.Print(json =>
        {
            foreach (var field in kept.RootElement.EnumerateObject())
                if (field.NameEquals(TimesField)) WriteTimes(json, times);
                else if (field.NameEquals(FilesField)) WriteFiles(json, files);
                else field.WriteTo(json);
        }, versioned: false);
    }

    private const string TimesField = "times", FilesField = "files";

    private static void WriteTimes(Utf8JsonWriter json, IEnumerable<(string Stage, TimeSpan Time)> times) => json.WriteObjects(TimesField, times, t =>
    {
        json.WriteString("stage", t.Stage);
        json.WriteNumber("ms", t.Time.TotalMilliseconds);
    });

    private static void WriteFiles(Utf8JsonWriter json, IEnumerable<string> files) => json.WriteObjects(FilesField, files, file =>
    {
        json.WriteString("path", file);
        json.WriteNumber("bytes", new FileInfo(file).Length);
    });

    private static string Size(Expr bytes) => Quantity.Bytes(Sizes.Guess(bytes));

    /// <summary>A number that may depend on dimensions, at their largest; not a number where they have no bound.</summary>
    private static double Most(Expr count) => count is Number n ? n.Integer : Linear.Range(count).High is var high and < 1L << 50 ? high : double.NaN;
}
