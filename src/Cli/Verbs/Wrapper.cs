using Lathe.Codegen.Llvm;
using Lathe.Codegen.Package;
using Lathe.Onnx;

namespace Lathe.Cli.Verbs;

[Description("writes the C# class of a model, without compiling it")]
[Example("lathe wrapper digits.onnx -o Digits.g.cs --namespace App", "the class App.Digits, which calls libDigits.so; Lathe.Build does this in builds")]
[Example("lathe wrapper vad.onnx -o Vad.g.cs --state state=stateN", "with a class State for what the model keeps from run to run")]
public sealed record Wrapper(
    [Argument("MODEL", "an .onnx file, or a folder with model.onnx")] string Model,
    [Option("the file to write; one whose text is as before keeps its time", "-o", Value = "FILE")] string Output,
    [Option("the class; the model's name in capitals and small letters by default")] string? Class = null,
    [Option("its namespace; the global one by default")] string Namespace = "",
    [Option("what the functions of the compiled model begin with (compile --name); the class's name by default")] string? Library = null,
    [Option("the class is internal, where it is public else")] bool Internal = false,
    [Option("it calls functions that are linked into the program where that is compiled ahead of time (NativeAOT)")] bool Linked = false,
    [Option("an input that is fed from an output, run after run; by their names where none is given, 'none' for none", Value = "INPUT=OUTPUT")] Seq<string> State = default,
    [Option("make a dimension a number, or bound it, as compile is told", Value = "NAME=N|NAME=LOW..HIGH")] Seq<DimBinding> Dim = default,
    [Option("bound a number that a run decides, as compile is told", Value = "NAME=N")] Seq<MaxBinding> Max = default) : Verb
{
    public override ExitCode Execute(Session session)
    {
        var path = ModelPath.Resolve(Model);
        var import = OnnxModel.Load(path, new ImportOptions(Dim, [], Max));
        var graph = import.Graph;
        var name = Class ?? ClassName.Of(ModelPath.NameOf(path));
        if (ModelInterface.Identifier(name) != name) throw new UsageException($"--class {name}: no name of a class");
        OutputFile.Write(Output, ModelClass.Print(graph.Inputs, graph.Outputs, new(name, Namespace, Library ?? name, Path.GetFileName(path), Linked, Internal, States(graph), About(import.Info))));
        return ExitCode.Done;
    }

    private Seq<(string, string)> States(Graph graph)
    {
        if (State.Count == 0) return StateClass.Guess(graph.Inputs, graph.Outputs);
        return State is ["none"] ? [] : [.. State.Select(StateFeed.Parse).Select(feed => Checked(graph, feed))];
    }

    private static (string, string) Checked(Graph graph, StateFeed feed)
    {
        var input = graph.Inputs.FirstOrDefault(v => v.Name == feed.Input) ?? throw InputFault.Unknown(feed.Input, [.. graph.Inputs.Select(v => v.Name)]);
        var output = graph.Outputs.FirstOrDefault(v => v.Name == feed.Output) ?? throw InputFault.UnknownOutput(feed.Output, [.. graph.Outputs.Select(v => v.Name)]);
        return StateClass.Alike(input.Type, output.Type) ? (feed.Input, feed.Output)
            : throw new UsageException($"--state {feed.Input}={feed.Output}: {input.Type} is fed from {output.Type}", "a state is an input and an output of one type, its extents numbers: --dim NAME=N fixes them");
    }

    /// <summary>The first line of what the model says of itself.</summary>
    private static string About(ModelInfo info) => info.Documentation.Select(d => d.Trim().Split('\n')[0].Trim()).FirstOrDefault(d => d != "") ?? "";
}
