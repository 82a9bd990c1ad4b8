using Lathe.Codegen.Llvm;

namespace Lathe.Cli.Verbs;

[Description("runs passes on a model or on textual IR, and prints textual IR")]
[Example("lathe opt dumps/00-import.lir --passes \"simplify, fuse\"", "what two passes make of an imported model")]
[Example("lathe opt model.onnx", "the model as the importer understands it")]
public sealed record Opt(
    [Argument("FILE", "textual IR (.lir), an .onnx file, or a folder with model.onnx")] string File,
    CodeOptions Code,
    [Option("what to run, in this order, with options: fuse, lower, or fuse(repeat=8)", Value = "NAME,…")] string? Passes = null,
    [Option("write here; weights that the text names by hash go to the folder weights beside it", "-o", Value = "FILE")] string? Output = null) : Verb
{
    public override ExitCode Execute(Session session)
    {
        var passes = Passes is null ? [] : PassText.Parse(Passes);
        var build = new ModelBuild(session, Code);
        var source = build.Read(ModelPath.Resolve(File));
        var result = passes.Count == 0 ? source.Module : build.Improve(source.Module, Code.Target(), passes);
        if (Output is null) session.Output.Write(ModelSource.Print(result, source.Hash));
        else DumpOptions.Write(Output, result, source.Hash);
        return ExitCode.Done;
    }
}
