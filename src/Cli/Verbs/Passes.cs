using Lathe.Passes;

namespace Lathe.Cli.Verbs;

[Description("lists the passes in the order they run, or writes those that options mean as a pipeline")]
[Example("lathe passes --markdown", "a table for a document")]
[Example("lathe passes --quantize int4 --print", "what a compile with this option runs, as a file that --pipeline takes")]
[Example("lathe passes --cpu x86-64-v3 --dim batch=1 --emit static,header --print", "the same with what holds for the whole compile, which the file sets then")]
[Example("lathe passes --pipeline lathe:int8 --print", "one of the pipelines that come with lathe")]
public sealed record Passes(
    ListingForm Form,
    CodeOptions Code,
    ItemOptions Items,
    ClaimOptions Claim,
    OutputOptions Made,
    DumpOptions Dump,
    [Option("write the pipeline that the options mean, in place of the list of all passes")] bool Print = false) : Verb
{
    private static readonly string[] Titles = ["pass", "stage", "options", "on", "description"];

    public override ExitCode Execute(Session session)
    {
        if (!Print && (Code.Way.SaysPasses || Given.Count > 0)) throw new UsageException("passes lists all there are; what options mean is a pipeline", "passes --print writes it");
        if (!Print) return Listing.Write(session, Form, "passes", Titles, PassList.Ordered().Select(Row));
        session.Output.Write((Code.Pipeline with { Settings = Given }).Print());
        return ExitCode.Done;
    }

    private static string[] Row(Pass pass) =>
        [pass.Name, RecordText.Snake(pass.Stage.ToString()), string.Join(", ", RecordText.Parameters(pass.GetType()).Select(Option)), pass.TakesSelector ? "yes" : "", pass.Description + (pass.IsDefault ? "" : " (when asked)")];

    private static string Option(RecordText.Parameter option) => option.Required ? option.Name : $"{option.Name}={RecordText.Show(option.Default)}";
}
