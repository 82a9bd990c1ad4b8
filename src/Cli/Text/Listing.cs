namespace Lathe.Cli;

/// <summary>How a list of what is available is printed.</summary>
public sealed record ListingForm(
    [Option("as JSON, with a version")] bool Json = false,
    [Option("as a table of Markdown")] bool Markdown = false);

/// <summary>A list of what is available, in the form that was asked for.</summary>
internal static class Listing
{
    /// <param name="name">Of the list in JSON.</param>
    /// <param name="titles">Of the columns; in lower case the names of JSON's fields.</param>
    public static ExitCode Write(Session session, ListingForm form, string name, IReadOnlyList<string> titles, IEnumerable<IReadOnlyList<string>> rows)
    {
        var all = rows.ToList();
        session.Output.Write(form switch
        {
            { Json: true, Markdown: true } => throw new UsageException("--json and --markdown are two forms of one list"),
            { Json: true } => JsonText.Print(json => json.WriteObjects(name, all, row =>
            {
                foreach (var (title, cell) in titles.Zip(row)) json.WriteString(title, cell);
            })),
            { Markdown: true } => TableText.Markdown(titles, all),
            _ => TableText.Print(titles, all),
        });
        return ExitCode.Done;
    }
}
