using System.Text;
using Lathe.Passes;
using Lathe.Passes.Checking;

namespace Lathe.Cli.Verbs;

[Description("compares two dumps of a model, a model with a dump of it, or two artifacts: what each step and weight became, and what that costs")]
[Example("lathe diff dumps/00-import.lir dumps/02-fuse.lir", "what was dropped, fused, retyped, split, moved")]
[Example("lathe diff before/libdigits.so after/libdigits.so", "which kernels changed, what they are of, what they cost; where sizes went")]
[Example("lathe diff before.lir after.lir --html diff.html", "the same as a page")]
public sealed record Diff(
    [Argument("A", "textual IR (.lir), an .onnx file, a folder with model.onnx, or a library that lathe compile wrote")] string A,
    [Argument("B", "the other")] string B,
    [Option("write a page", Value = "FILE")] string? Html = null,
    [Option("as JSON, with a version")] bool Json = false) : Verb
{
    public override ExitCode Execute(Session session)
    {
        if (ModelPath.IsArtifact(A) != ModelPath.IsArtifact(B)) throw new UsageException($"{(ModelPath.IsArtifact(A) ? A : B)} is an artifact, {(ModelPath.IsArtifact(A) ? B : A)} is none", "compile that one, or compare its dump with one of --dump-ir");
        var (changes, totals) = Compared();
        if (Html is not null) Lathe.Codegen.Llvm.OutputFile.Write(Html, Page(changes, totals));
        else session.Output.Write(Json ? JsonText.Print(json =>
        {
            json.WriteObjects("changes", changes, c =>
            {
                json.WriteString("what", RecordText.Show(c.Fate));
                json.WriteString("name", c.Name);
                json.WriteString("before", c.Before);
                json.WriteString("after", c.After);
            });
            json.WriteObjects("totals", totals, t =>
            {
                json.WriteString("what", t.What);
                json.WriteString("before", t.Before);
                json.WriteString("after", t.After);
            });
        }) : Text(changes, totals));
        return ExitCode.Done;
    }

    private (IReadOnlyList<Change> Changes, IReadOnlyList<(string What, string Before, string After)> Totals) Compared()
    {
        if (ModelPath.IsArtifact(A)) return new Seeing.ArtifactDifference(A, B) is var artifacts ? (artifacts.Changes, artifacts.Totals) : default;
        var dumps = new ModuleDifference(ModelSource.Read(ModelPath.Resolve(A), []).Module, ModelSource.Read(ModelPath.Resolve(B), []).Module);
        return (dumps.Changes, dumps.Totals);
    }

    private static string Text(IReadOnlyList<Change> changes, IReadOnlyList<(string What, string Before, string After)> totals)
    {
        var text = new StringBuilder();
        foreach (var group in changes.GroupBy(c => c.Fate))
        {
            text.Append(CultureInfo.InvariantCulture, $"{RecordText.Show(group.Key)} {group.Count()}\n");
            foreach (var change in group) text.Append(CultureInfo.InvariantCulture, $"  {change.Name}{(change.Before == "" && change.After == "" ? "" : $": {change.Before}{(change.Before == "" || change.After == "" ? "" : " -> ")}{change.After}")}\n");
        }
        if (changes.Count == 0) text.Append("nothing differs\n");
        return text.Append(TableText.Print(["", "before", "after"], [.. totals.Select(t => (string[])[t.What, t.Before, t.After])])).ToString();
    }

    private static string Page(IReadOnlyList<Change> changes, IReadOnlyList<(string What, string Before, string After)> totals)
    {
        static string Rows(IEnumerable<string> titles, IEnumerable<string[]> rows) => Seeing.Html.Table(titles, rows.Select(row => row.Select(Seeing.Html.Cell)));
        var page = new StringBuilder(Rows(["", "before", "after"], totals.Select(t => (string[])[t.What, t.Before, t.After])));
        foreach (var group in changes.GroupBy(c => c.Fate))
            page.Append(CultureInfo.InvariantCulture, $"<h2>{RecordText.Show(group.Key)} ({group.Count()})</h2>\n").Append(Rows(["step or weight", "before", "after"], group.Select(c => (string[])[c.Name, c.Before, c.After])));
        return Seeing.Html.Page("compared", page.ToString());
    }
}
