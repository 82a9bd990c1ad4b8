using Lathe.Passes;
using Lathe.Passes.Rewrites;

namespace Lathe.Cli.Verbs;

[Description("tests the rewrites of a file, or prints those that come with the tool and what they may call")]
[Example("lathe rewrites mine.rewrite", "each rewrite against the interpreter, on operands made up for it")]
[Example("lathe rewrites", "the tool's own, to learn from")]
public sealed record Rewrites(
    [Argument("FILE", "rewrites, or a pipeline that has some")] string? File = null,
    [Option("test anew what has been tested before")] bool Again = false,
    [Option("as JSON, with a version")] bool Json = false) : Verb
{
    public override ExitCode Execute(Session session)
    {
        if (File is null) return Print(session);
        var rewrites = new PassOptions(Rewrites: File).OwnRewrites();
        if (rewrites.Count == 0) throw new DiagnosticException(new Diagnostic("LT3011", "there are no rewrites in it", Path.GetFileName(File), "rewrite NAME { match %y = … replace %y = … }"));
        var all = rewrites.Select(r => (Rewrite: r, Verdict: Verdicts.Of(r, new Lathe.Passes.Machine("any"), ModelBuild.VerdictFolder, Again))).ToList();
        var faults = all.Select(v => v.Verdict.Fault(v.Rewrite)).OfType<Diagnostic>().ToList();
        if (Json) session.Output.Write(JsonText.Print(json => json.WriteObjects("rewrites", all, v =>
        {
            json.WriteString("name", v.Rewrite.Name);
            json.WriteString("outcome", RecordText.Show(v.Verdict.Outcome));
            json.WriteNumber("cases", v.Verdict.Cases);
            json.WriteString("detail", v.Verdict.Detail);
        })));
        else session.Output.Write(TableText.Print(["rewrite", "verdict", "cases"], [.. all.Select(v => (string[])[v.Rewrite.Name, RecordText.Show(v.Verdict.Outcome), v.Verdict.Cases.ToString(CultureInfo.InvariantCulture)])], ""));
        foreach (var fault in faults) session.Report(fault);
        return faults.Any(f => f.Severity == Severity.Error) ? ExitCode.Fault : ExitCode.Done;
    }

    private static ExitCode Print(Session session)
    {
        foreach (var (name, text) in BuiltInRewrites.Files) session.Output.Write($"// ---- {name}\n{text}\n");
        session.Output.Write("// ---- what conditions and computed numbers may call\n");
        session.Output.Write(TableText.Print(["function", "takes", "gives"], [.. TermFunctions.Known.Select(f => (string[])[f.Key, f.Value.Arguments.ToString(CultureInfo.InvariantCulture), f.Value.Description])], ""));
        return ExitCode.Done;
    }
}
