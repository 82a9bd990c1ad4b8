using System.Net;
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
        static string Safe(string text) => WebUtility.HtmlEncode(text);
        static string Rows(IEnumerable<string[]> rows) => string.Concat(rows.Select(row => $"<tr>{string.Concat(row.Select(cell => $"<td>{Safe(cell)}</td>"))}</tr>\n"));
        return $$"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Lathe: two dumps compared</title>
            <style>
            body { font: 14px/1.4 system-ui, sans-serif; margin: 2em; } table { border-collapse: collapse; margin: 0 0 2em; } td, th { text-align: left; vertical-align: top; padding: .2em 1em .2em 0; border-bottom: 1px solid #ddd; }
            td { font-family: ui-monospace, monospace; font-size: 12px; overflow-wrap: anywhere; } h2 { font-size: 16px; }
            </style></head><body>
            <table><tr><th></th><th>before</th><th>after</th></tr>
            {{Rows(difference.Totals.Select(t => (string[])[t.What, t.Before, t.After]))}}</table>
            {{string.Concat(difference.Changes.GroupBy(c => c.Fate).Select(g => $"<h2>{RecordText.Show(g.Key)} ({g.Count().ToString(CultureInfo.InvariantCulture)})</h2>\n<table>\n{Rows(g.Select(c => (string[])[c.Name, c.Before, c.After]))}</table>\n"))}}</body></html>

            """;
    }
}
