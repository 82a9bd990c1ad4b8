using System.Net;
using System.Text;
using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>What became of a model, as one page for a browser with nothing outside it: sizes, kernels with the nodes they compute, decisions with their reasons. No clock and no path.</summary>
internal static class ReportPage
{
    private const string Style = "body{font:14px/1.4 sans-serif;margin:2em}table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #ccc;padding:.2em .6em;text-align:left;vertical-align:top}td.n{text-align:right}h2{margin-top:2em}";

    public static string Print(CompileReport report, ModelBuild build)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Text(report.Name)}</title><style>{Style}</style></head><body>\n");
        page.Append(CultureInfo.InvariantCulture, $"<h1>{Text(report.Name)} for {Text(report.Cpu)}</h1>\n");
        Table(page, ["", "bytes"], report.Space.Select(s => (string[])[s.What, s.Bytes]), 1);
        page.Append(CultureInfo.InvariantCulture, $"<h2>Passes</h2>\n<pre>{Text(build.Pipeline.Print())}</pre>\n<h2>Kernels</h2>\n");
        Table(page, ["call", "template", "operations", "bytes", "nodes"], report.Program.Steps.Calls.Select(c =>
            (string[])[c.Name, c.Info?.Template ?? "", Guess(c.Info?.Flops), Guess(c.Info?.Bytes), string.Join(", ", c.Info?.Nodes ?? [])]), 2, 3);
        report.Compression.Html(page);
        page.Append("<h2>Decisions</h2>\n");
        Table(page, ["node", "pass", "what and why"], build.Notes.OrderBy(n => n.Node, StringComparer.Ordinal).Select(n => (string[])[n.Node, n.Pass, n.Text]));
        return page.Append("</body></html>\n").ToString();
    }

    /// <summary>Open dimensions at their usual extent.</summary>
    private static string Guess(Expr? count) => count is null ? "" : Sizes.Guess(count).ToString("0", CultureInfo.InvariantCulture);

    private static void Table(StringBuilder page, string[] titles, IEnumerable<string[]> rows, params int[] numbers)
    {
        page.Append(CultureInfo.InvariantCulture, $"<table><tr>{string.Concat(titles.Select(t => $"<th>{Text(t)}</th>"))}</tr>\n");
        foreach (var row in rows) page.Append(CultureInfo.InvariantCulture, $"<tr>{string.Concat(row.Select((cell, i) => $"<td{(numbers.Contains(i) ? " class=\"n\"" : "")}>{Text(cell)}</td>"))}</tr>\n");
        page.Append("</table>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
