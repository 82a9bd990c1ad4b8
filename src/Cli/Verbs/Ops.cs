namespace Lathe.Cli.Verbs;

[Description("lists the operators that can be compiled")]
public sealed record Ops(ListingForm Form) : Verb
{
    private static readonly string[] Titles = ["operator", "verb", "attributes", "description"];

    public override ExitCode Execute(Session session)
    {
        var summary = DocComment.Reader(typeof(Op).Assembly);
        return Listing.Write(session, Form, "operators", Titles, Operators.All.Select(record =>
            (string[])[record.Name, RecordText.Snake(record.Name), string.Join(", ", RecordText.Parameters(record).Select(p => p.Required ? p.Name : $"{p.Name}={RecordText.Show(p.Default)}")), summary(record)]));
    }
}
