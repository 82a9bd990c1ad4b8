using Lathe.Codegen.Llvm;
using Lathe.Passes.Checking;

namespace Lathe.Cli.Verbs;

[Description("finds the first pass that changes what a model computes, and a small part of the model that shows it")]
[Example("lathe bisect model.onnx -o found", "found/minimal.lir and .onnx, and a file test that fails until the fault is mended")]
[Example("lathe bisect model.onnx --input x=x.npy --atol-of-max 1e-3", "on inputs that matter, with a tolerance of one's own")]
public sealed record Bisect(
    [Argument("MODEL", "an .onnx file, a folder with model.onnx, or textual IR (.lir)")] string Model,
    CodeOptions Code,
    [Option("an input: .npy, .npz, .pb, or bare numbers in .bin; without NAME where it is clear. Inputs are random where none is given", "-i", Value = "[NAME=]FILE")] Seq<NamedFile> Input = default,
    [Option("of random inputs")] int Seed = 0,
    [Option("how far an output may move, as a share of its largest magnitude; by default 1e-5 for f32, more for narrower kinds")] double? AtolOfMax = null,
    [Option("folder for the part and its test; made where something is found", "-o", Value = "DIR")] string OutputDir = "bisect",
    [Option("as JSON, with a version")] bool Json = false) : Verb
{
    internal const string Nothing = "every pass, and the machine code, keeps what the model computes";

    public override ExitCode Execute(Session session)
    {
        var build = new ModelBuild(session, Code);
        var path = ModelPath.Resolve(Model);
        var source = build.Read(path);
        var inputs = InputFiles.Read(source.Inputs, Input, ImageOptions.Default, Seed, Code.Dim);
        var target = Code.Target();
        var bisection = new Bisection(build.Compilation(target), ValueRunner.For(source.Module), new(AtolOfMax), (module, given) => new NativeProgram(module.MustBeProgram, target).Run(given), session.Cancellation);
        session.Progress("comparing before and after every pass");
        if (bisection.Find(source.Module, build.Left(source), inputs) is not { } finding)
        {
            session.Output.Write(Json ? JsonText.Print(json => json.WriteNull("pass")) : Nothing + "\n");
            return ExitCode.Done;
        }
        IReadOnlyList<string> files = finding.Graph is null ? [] : [.. new PartFiles(ModelPath.NameOf(path), finding, OutputDir, Options).Write(Shows(bisection, finding) ? Seed : null)];
        session.Output.Write(Json ? AsJson(finding, files) : AsText(finding, files));
        return ExitCode.Missed;
    }

    /// <summary>What decides, beside the passes, whether the fault shows.</summary>
    private string Options => $"{(Code.Exact ? " --exact" : "")}{(Code.Way.Objective == Lathe.Passes.Objective.Size ? " --objective=size" : "")}{(Code.Cpu == "host" ? "" : $" --cpu={Code.Cpu}")}{(AtolOfMax is { } share ? string.Create(CultureInfo.InvariantCulture, $" --atol-of-max {share:R}") : "")}";

    /// <summary>Whether random inputs show the fault of the part too: then it needs no files.</summary>
    private bool Shows(Bisection bisection, Finding finding)
    {
        var random = InputFiles.Read(finding.Graph!.Inputs, [], ImageOptions.Default, Seed, []);
        try { return bisection.Find(new(finding.Graph), finding.Passes, random)?.Fault is { } fault && fault.Pass == finding.Fault.Pass && fault.IsFailure == finding.Fault.IsFailure; }
        catch (Exception e) when (e is InvalidOperationException or DiagnosticException) { return false; }
    }

    private static string AsText(Finding finding, IReadOnlyList<string> files) =>
        $"{finding.Fault}\n"
        + (finding.Graph is null ? "the model is a program already: it is not taken apart\n" : string.Create(CultureInfo.InvariantCulture, $"shown by {finding.Operators} of {finding.Before} operators, found in {finding.Tries} tries:\n{string.Concat(finding.Graph.Nodes.SelectMany(n => n.Body?.Nodes ?? [n]).Select(n => $"  {n.Result} = {n.Op.Name}({string.Join(", ", n.Operands.Select(v => v?.ToString() ?? "_"))})\n"))}"))
        + string.Concat(files.Select(f => $"wrote {f}\n"));

    private static string AsJson(Finding finding, IReadOnlyList<string> files) => JsonText.Print(json =>
    {
        json.WriteString("pass", finding.Fault.Pass);
        json.WriteString("output", finding.Fault.Output);
        json.WriteString("first", finding.Fault.First);
        json.WriteString("what", finding.Fault.What);
        json.WriteNumber("operators", finding.Operators);
        json.WriteNumber("operators_before", finding.Before);
        json.WriteNumber("tries", finding.Tries);
        json.WriteList("files", files, json.WriteStringValue);
    });
}
