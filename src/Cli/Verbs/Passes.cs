using Lathe.Passes;

namespace Lathe.Cli.Verbs;

[Description("lists the passes in the order they run")]
[Example("lathe passes --markdown", "a table for a document")]
public sealed record Passes(ListingForm Form) : Verb
{
    private static readonly string[] Titles = ["pass", "stage", "options", "on", "description"];

    public override ExitCode Execute(Session session) => Listing.Write(session, Form, "passes", Titles, PassList.Ordered().Select(pass =>
        (string[])[pass.Name, RecordText.Snake(pass.Stage.ToString()), string.Join(", ", RecordText.Parameters(pass.GetType()).Select(Option)), pass.TakesSelector ? "yes" : "", pass.Description + (pass.IsDefault ? "" : " (when asked)")]));

    private static string Option(RecordText.Parameter option) => option.Required ? option.Name : $"{option.Name}={RecordText.Show(option.Default)}";
}
