using Lathe.Onnx;
using Lathe.Passes;

namespace Lathe.Cli.Verbs;

[Description("says what became of a node: what each pass decided about it and why, and the kernel it ended in")]
[Example("lathe explain model.onnx /layers/3/mlp/Relu_output_0", "a node by a value it makes, as profiles and dumps name it")]
[Example("lathe explain model.onnx /layers/3/mlp/Relu", "the same node by the name that the .onnx file gives it")]
public sealed record Explain(
    [Argument("MODEL", "an .onnx file, a folder with model.onnx, or textual IR (.lir)")] string Model,
    [Argument("NODE", "a value that the node makes, or the node's name in the .onnx file")] string Node,
    CodeOptions Code,
    [Option("as JSON, with a version")] bool Json = false) : Verb
{
    public override ExitCode Execute(Session session)
    {
        var build = new ModelBuild(session, Code);
        var path = ModelPath.Resolve(Model);
        var source = build.Read(path);
        var way = new NodeWay(Node);
        if (way.Where(source.Module) is null && Path.GetExtension(path) != ModelSource.TextEnding && ModelOutline.MadeBy(path, Node) is { } made) way = new(made);
        if (way.Where(source.Module) is not { } start) throw Unknown(source.Module);
        build.Observers.Add(way);
        build.Improve(source, Code.Target());
        var steps = way.Steps(start, build.Notes).ToList();
        session.Output.Write(Json ? JsonText.Print(json =>
        {
            json.WriteString("node", Node);
            json.WriteString("start", start);
            json.WriteObjects("steps", steps, s =>
            {
                json.WriteString("pass", s.Pass);
                json.WriteString("what", s.What);
            });
        }) : $"{start}\n{TableText.Print(["", ""], [.. steps.Select(s => (string[])[s.Pass, s.What])], "  ")}");
        return ExitCode.Done;
    }

    private DiagnosticException Unknown(Module module)
    {
        IEnumerable<string> names = module.Graph is { } graph ? graph.Nodes.SelectMany(n => (n.Body?.Nodes ?? [n]).SelectMany(s => s.Results)).Select(v => v.Name) : module.MustBeProgram.Steps.Calls.SelectMany(c => c.Info?.Nodes ?? []);
        return new(new Diagnostic("LT5320", $"no node makes {Node}", "", Nearest.To(Node, names) is { } near ? $"did you mean {near}?" : "lathe opt MODEL prints every node"));
    }
}
