using System.Text;

namespace Lathe.Cli.Verbs;

[Description("compiles models and compares what they compute with saved cases, or with the interpreter")]
[Example("lathe verify models/digits", "a folder with model.onnx and input_0.npy, output_0.npy or test_data_set_0")]
[Example("lathe verify models --json", "every model below a folder, for a script")]
[Example("lathe verify models/digits --triple aarch64-linux-gnu", "code for another processor, run in an emulator: docs/targets.md")]
public sealed record Verify(
    [Argument("MODEL", "an .onnx file, a folder with model.onnx, or a folder of such folders")] string Model,
    CodeOptions Code,
    Tolerance Tolerance,
    RunOptions By,
    [Option("folder of saved cases for a single model; by default beside the model, and where there are none, random inputs and the interpreter", Value = "DIR")] string? Cases = null,
    [Option("of random inputs")] int Seed = 0,
    [Option("as JSON, with a version")] bool Json = false) : Verb
{
    private const string ModelFile = "model.onnx";

    public override ExitCode Execute(Session session)
    {
        By.Check(Code);
        var models = Models();
        if (models.Count > 1 && Cases is not null) throw new UsageException($"--cases {Cases}: {Model} holds {models.Count} models", "name one model");
        var results = new List<CaseResult>();
        foreach (var (number, path) in models.Index())
        {
            session.Progress($"{number + 1} of {models.Count}: {path}");
            var found = new ModelCheck(session, Code, ReferenceNoise.Widened(Tolerance, path), Tolerance.IsUsual ? new DoubleWitness(session.Cancellation) : null, By, Seed).Check(path, Label(path), Cases);
            results.AddRange(found);
            if (!Json) session.Output.Write(string.Concat(found.Select(r => r.ToString())));
            if (models.Count == 1) foreach (var diagnostic in found.SelectMany(r => r.Diagnostics).Distinct()) session.Report(diagnostic);
        }
        session.Output.Write(Json ? AsJson(results) : Summary(results, models.Count));
        return results.Exists(r => r.Outcome == Outcome.Failed) ? ExitCode.Missed : results.Exists(r => r.Outcome == Outcome.Unsupported) ? ExitCode.Fault : ExitCode.Done;
    }

    /// <summary>The model, or every model below the folder.</summary>
    private List<string> Models()
    {
        if (ModelPath.Resolve(Model) is var one && File.Exists(one)) return [one];
        if (!Directory.Exists(Model)) throw InputFault.NoFile(Model);
        var all = Directory.EnumerateFiles(Model, ModelFile, SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        return all.Count > 0 ? all : throw new DiagnosticException(new Diagnostic("LT5301", $"there is no {ModelFile} in {Model} or below it"));
    }

    /// <summary>What a model is called in results: its folder.</summary>
    private static string Label(string path) => Path.GetFileName(path) == ModelFile && Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))) is { Length: > 0 } folder ? folder : Path.GetFileName(path);

    private static string Summary(List<CaseResult> results, int models)
    {
        var text = new StringBuilder();
        if (models > 1) text.Append('\n').Append(TableText.Print(["operator", "passed", "failed", "unsupported"], [.. ByOperator(results).Select(o => (string[])[o.Operator, .. o.Counts.Select(c => c.ToString(CultureInfo.InvariantCulture))])])).Append('\n');
        var host = OnHost(results);
        return text.Append(string.Join(", ", Enum.GetValues<Outcome>().Select(o => $"{results.Count(r => r.Outcome == o)} {Name(o)}{(o == Outcome.Passed && host > 0 ? $" ({host} of them on the host)" : "")}"))).Append('\n').ToString();
    }

    private static string AsJson(List<CaseResult> results) => JsonText.Print(json =>
    {
        foreach (var outcome in Enum.GetValues<Outcome>()) json.WriteNumber(Name(outcome), results.Count(r => r.Outcome == outcome));
        json.WriteNumber("passed_on_host", OnHost(results));
        json.WriteObjects("operators", ByOperator(results), o =>
        {
            json.WriteString("operator", o.Operator);
            foreach (var outcome in Enum.GetValues<Outcome>()) json.WriteNumber(Name(outcome), o.Counts[(int)outcome]);
        });
        json.WriteObjects("cases", results, r =>
        {
            json.WriteString("model", r.Model);
            json.WriteString("case", r.Case);
            json.WriteString("outcome", Name(r.Outcome));
            json.WriteReal("error_of_max", r.Error);
            json.WriteString("detail", r.Detail);
            json.WriteString("how", r.How);
            json.WriteList("diagnostics", r.Diagnostics, d => DiagnosticJson.Write(json, d));
        });
    });

    /// <summary>Cases by the operators of their models: passed, failed, unsupported.</summary>
    private static IEnumerable<(string Operator, int[] Counts)> ByOperator(List<CaseResult> results) => results.SelectMany(r => r.Operators.Select(o => (o, r.Outcome)))
        .GroupBy(p => p.o, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, Enum.GetValues<Outcome>().Select(o => g.Count(p => p.Outcome == o)).ToArray()));

    private static int OnHost(List<CaseResult> results) => results.Count(r => r is { Outcome: Outcome.Passed, How: HostCheck.How });

    private static string Name(Outcome outcome) => outcome.ToString().ToLowerInvariant();
}
