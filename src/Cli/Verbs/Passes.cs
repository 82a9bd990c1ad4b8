using Lathe.Passes;

namespace Lathe.Cli.Verbs;

[Description("lists the passes in the order they run")]
[Example("lathe passes --markdown", "a table for a document")]
public sealed record Passes(ListingForm Form) : Verb
{
    private static readonly string[] Titles = ["pass", "stage", "options", "description"];

    public override ExitCode Execute(Session session) => Listing.Write(session, Form, "passes", Titles, PassList.All().Select(pass =>
        (string[])[pass.Name, RecordText.Snake(pass.Stage.ToString()), string.Join(", ", RecordText.Parameters(pass.GetType()).Select(p => $"{p.Name}={RecordText.Show(p.Default)}")), pass.Description]));
}
