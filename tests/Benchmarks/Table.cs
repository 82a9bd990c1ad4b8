using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lathe.Benchmarks;

/// <summary>Rows of results: markdown for people, JSON with full digits for machines. A cell is text or a number.</summary>
public sealed class Table(string title, TextWriter? progress, params IReadOnlyList<(string Name, string Format)> columns)
{
    /// <param name="title">Above the table.</param>
    /// <param name="columns">Names, and the formats of numbers.</param>
    public Table(string title, params IReadOnlyList<(string Name, string Format)> columns) : this(title, null, columns) { }

    private readonly List<IReadOnlyList<object?>> rows = [];

    /// <summary>Adds a row with a cell for each column; null prints as a dash.</summary>
    public void Add(params IReadOnlyList<object?> cells)
    {
        if (cells.Count != columns.Count) throw new ArgumentException($"{columns.Count} columns, {cells.Count} cells");
        rows.Add(cells);
        progress?.WriteLine(string.Join(" | ", cells.Select((cell, i) => Text(cell, columns[i].Format))));
    }

    /// <summary>The table as markdown.</summary>
    public string Markdown()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"### {title}\n\n");
        Line(columns.Select(c => c.Name));
        Line(columns.Select(c => c.Format == "" ? "---" : "---:"));
        foreach (var row in rows) Line(row.Select((cell, i) => Text(cell, columns[i].Format)));
        return text.ToString();

        void Line(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }

    /// <summary>A list of objects, one a row, keyed by the columns' names.</summary>
    public JsonNode Json() => new JsonArray([.. rows.Select(row =>
        new JsonObject(row.Select((cell, i) => KeyValuePair.Create(columns[i].Name, JsonSerializer.SerializeToNode(cell)))))]);

    private static string Text(object? cell, string format) => cell switch
    {
        null => "–",
        IFormattable number => number.ToString(format, CultureInfo.InvariantCulture),
        _ => cell.ToString()!,
    };
}
