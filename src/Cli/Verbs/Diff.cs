using System.Text;
using Lathe.Passes;
using Lathe.Passes.Checking;

namespace Lathe.Cli.Verbs;

[Description("compares two dumps of a model, or a model with a dump of it: what each step and weight became, and what that costs")]
[Example("lathe diff dumps/00-import.lir dumps/02-fuse.lir", "what was dropped, fused, retyped, split, moved")]
[Example("lathe diff before.lir after.lir --html diff.html", "the same as a page")]
public sealed record Diff(
    [Argument("A", "textual IR (.lir), an .onnx file, or a folder with model.onnx")] string A,
    [Argument("B", "the other")] string B,
    [Option("write a page", Value = "FILE")] string? Html = null,
    [Option("as JSON, with a version")] bool Json = false) : Verb
{
    public override ExitCode Execute(Session session)
    {
        var difference = new ModuleDifference(ModelSource.Read(ModelPath.Resolve(A), []).Module, ModelSource.Read(ModelPath.Resolve(B), []).Module);
        if (Html is not null) Lathe.Codegen.Llvm.OutputFile.Write(Html, Page(difference));
        else session.Output.Write(Json ? JsonText.Print(json =>
        {
            json.WriteObjects("changes", difference.Changes, c =>
            {
                json.WriteString("what", RecordText.Show(c.Fate));
                json.WriteString("name", c.Name);
                json.WriteString("before", c.Before);
                json.WriteString("after", c.After);
            });
            json.WriteObjects("totals", difference.Totals, t =>
            {
                json.WriteString("what", t.What);
                json.WriteString("before", t.Before);
                json.WriteString("after", t.After);
            });
        }) : Text(difference));
        return ExitCode.Done;
    }

    private static string Text(ModuleDifference difference)
    {
        var text = new StringBuilder();
        foreach (var group in difference.Changes.GroupBy(c => c.Fate))
        {
            text.Append(CultureInfo.InvariantCulture, $"{RecordText.Show(group.Key)} {group.Count()}\n");
            foreach (var change in group) text.Append(CultureInfo.InvariantCulture, $"  {change.Name}{(change.Before == "" && change.After == "" ? "" : $": {change.Before}{(change.Before == "" || change.After == "" ? "" : " -> ")}{change.After}")}\n");
        }
        if (difference.Changes.Count == 0) text.Append("no step or weight differs\n");
        return text.Append(TableText.Print(["", "before", "after"], [.. difference.Totals.Select(t => (string[])[t.What, t.Before, t.After])])).ToString();
    }

    private static string Page(ModuleDifference difference)
    {
        static string Rows(IEnumerable<string> titles, IEnumerable<string[]> rows) => Seeing.Html.Table(titles, rows.Select(row => row.Select(Seeing.Html.Cell)));
        var page = new StringBuilder(Rows(["", "before", "after"], difference.Totals.Select(t => (string[])[t.What, t.Before, t.After])));
        foreach (var group in difference.Changes.GroupBy(c => c.Fate))
            page.Append(CultureInfo.InvariantCulture, $"<h2>{RecordText.Show(group.Key)} ({group.Count()})</h2>\n").Append(Rows(["step or weight", "before", "after"], group.Select(c => (string[])[c.Name, c.Before, c.After])));
        return Seeing.Html.Page("two dumps compared", page.ToString());
    }
}
