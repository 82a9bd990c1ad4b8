using System.Net;
using System.Text;

namespace Lathe.Cli.Seeing;

/// <summary>Parts of pages for a browser: one file each, with nothing outside it; no clock and no path.</summary>
internal static class Html
{
    /// <summary>A whole page, with the style and the script of all.</summary>
    public static string Page(string title, string body) =>
        $"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Text(title)}</title><style>\n{Read("page.css")}</style></head><body>\n<h1>{Text(title)}</h1>\n{body}<script>\n{Read("page.js")}</script></body></html>\n";

    public static string Text(string text) => WebUtility.HtmlEncode(text);

    public static string Number(double number, string form = "0.##") => number.ToString(form, CultureInfo.InvariantCulture);

    /// <summary>A table that is sorted by a click on a title.</summary>
    /// <param name="titles">Of numbers with <c>#</c> in front.</param>
    /// <param name="rows">Cells as they stand on the page, from <see cref="Cell"/>, <see cref="Count"/> or <see cref="Bar"/>.</param>
    public static string Table(IEnumerable<string> titles, IEnumerable<IEnumerable<string>> rows)
    {
        var text = new StringBuilder("<table><thead><tr>");
        foreach (var title in titles) text.Append(title.StartsWith('#') ? $"<th class=\"n\" data-sort=\"\">{Text(title[1..])}</th>" : $"<th data-sort=\"\">{Text(title)}</th>");
        text.Append("</tr></thead><tbody>\n");
        foreach (var row in rows) text.Append("<tr>").AppendJoin("", row).Append("</tr>\n");
        return text.Append("</tbody></table>\n").ToString();
    }

    public static string Cell(string text) => $"<td>{Text(text)}</td>";

    public static string Count(double number, string form = "0") => $"<td class=\"n\" data-v=\"{Number(number, "R")}\">{Number(number, form)}</td>";

    /// <summary>A number as a bar with its text behind; before it, in grey, what it was, with that text behind.</summary>
    public static string Bar(double number, double most, string text, double? was = null, string wasText = "")
    {
        string Part(double of, string kind) => $"<i{kind} style=\"width:{Number(most > 0 ? of / most * 120 : 0, "0.#")}px\"></i>";
        return $"<td class=\"bar\" data-v=\"{Number(number, "R")}\">{(was is { } before ? Part(before, " class=\"was\"") + Text(wasText) + "<br>" : "")}{Part(number, "")}{Text(text)}</td>";
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(Html).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
