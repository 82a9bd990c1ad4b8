using System.Text;

namespace Lathe.Cli;

/// <summary>Rows in columns as wide as their longest cell; or as a table of Markdown. A column whose cells are all numbers is aligned right.</summary>
internal static class TableText
{
    public static string Print(IReadOnlyList<string> titles, IReadOnlyList<IReadOnlyList<string>> rows, string indent = "")
    {
        var text = new StringBuilder();
        var all = rows.Prepend(titles).ToList();
        var widths = titles.Select((_, i) => all.Max(row => row[i].Length)).ToList();
        var right = titles.Select((_, i) => rows.Count > 0 && rows.All(row => row[i] == "" || char.IsAsciiDigit(row[i][0]) || row[i][0] == '-')).ToList();
        foreach (var row in all.Where(row => row.Any(cell => cell != "")))
            text.Append((indent + string.Join("  ", row.Select((cell, i) => right[i] ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i])))).TrimEnd()).Append('\n');
        return text.ToString();
    }

    public static string Markdown(IReadOnlyList<string> titles, IEnumerable<IReadOnlyList<string>> rows) =>
        string.Concat(rows.Prepend([.. titles.Select(_ => "---")]).Prepend(titles).Select(row => $"| {string.Join(" | ", row.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |\n"));
}
