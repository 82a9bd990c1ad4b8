using Lathe.Onnx;

namespace Lathe.Cli.Verbs;

[Description("lists the operators of models that can be compiled or run")]
[Example("lathe ops --markdown", "docs/operators.md, which a test keeps current")]
public sealed record Ops(ListingForm Form) : Verb
{
    private static readonly string[] Titles = ["operator", "domain", "runs", "opset", "kinds", "attributes", "description"];

    private const string Head = """
        # Operators

        What `lathe ops --markdown` prints. **native**: compiled, into anything `lathe compile` writes. **host**: on text, sequences whose length a run
        decides, optional values and image files, which no C ABI carries: `lathe run`, `lathe verify` and Lathe.Runtime compute them, the last from a
        package (`lathe compile MODEL -o NAME.lathe`); a compile to a library says which nodes stand in its way. Opset is the newest whose form is read as it is; older forms, down to opset 1, are raised to it on import. Kinds are those that
        the operator's type rule takes for its first operand. An operator without attributes and kinds is said with others.


        """;

    public override ExitCode Execute(Session session)
    {
        var readers = OperatorList.All.Select(e => e.Source.Assembly).Distinct().ToDictionary(a => a, DocComment.Reader);
        var rows = OperatorList.All.Select(e =>
        {
            var text = readers[e.Source.Assembly](e.Source);
            return (string[])[e.Name, e.Domain, e.Runs, e.Record is null ? "" : DocComment.Opset(e.Record), e.Record is null ? "" : OperatorKinds.Of(e.Record), e.Record is null ? "" : Attributes(e.Record), text];
        }).ToList();
        if (Form is { Markdown: true, Json: false }) session.Output.Write(Head);
        var code = Listing.Write(session, Form, "operators", Titles, rows);
        if (Form is { Markdown: true, Json: false })
        {
            session.Output.Write($"\n## What is left\n\n{TableText.Markdown(["operator", "domain", "why"], OperatorList.Left.Select(l => (string[])[l.Name, l.Domain, l.Reason]))}");
            session.Output.Write($"\nOf ONNX's backend suite (tests/OnnxTests) these cases do not pass:\n\n{TableText.Markdown(["cases", "why"], OperatorList.LeftCases.Select(l => (string[])[l.Cases, l.Reason]))}");
        }
        return code;
    }

    private static string Attributes(Type record) => string.Join(", ", RecordText.Parameters(record).Select(p => p.Required ? p.Name : $"{p.Name}={RecordText.Show(p.Default)}"));
}
