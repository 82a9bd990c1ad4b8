using Lathe.Passes;

namespace Lathe.Cli.Verbs;

[Description("runs passes on a model or on textual IR, and prints textual IR")]
[Example("lathe opt dumps/00-import.lir --passes \"simplify, fuse\"", "what two passes make of an imported model")]
[Example("lathe opt model.onnx", "the model as the importer understands it")]
public sealed record Opt(
    [Argument("FILE", "textual IR (.lir), an .onnx file, or a folder with model.onnx")] string File,
    CodeOptions Code,
    [Option("write here; weights that the text names by hash go to the folder weights beside it", "-o", Value = "FILE")] string? Output = null) : Verb
{
    public override ExitCode Execute(Session session)
    {
        var passes = Code.Passes.Read()?.Spared ?? [];
        var build = new ModelBuild(session, Code);
        var source = build.Read(ModelPath.Resolve(File));
        Check(source.Module, passes);
        var result = passes.Count == 0 ? source.Module : build.Improve(source.Module, Code.Target(), passes);
        var after = passes.Count == 0 ? source.After : passes[^1].Name;
        if (Output is null) session.Output.Write(ModelSource.Print(result, source.Hash, after));
        else DumpOptions.Write(Output, result, source.Hash, after);
        return ExitCode.Done;
    }

    /// <summary>Passes up to the lowering take graphs, later ones programs.</summary>
    private static void Check(Module module, Seq<Pass> passes)
    {
        var lowered = module.Graph is null;
        foreach (var pass in passes)
        {
            if (lowered != pass is ProgramPass) throw new UsageException($"{pass.Name} runs on {(lowered ? "graphs" : "programs")}, it would be given a {(lowered ? "program" : "graph")}", lowered ? "" : "run lower before it");
            lowered |= pass.Stage == Stage.Lower;
        }
    }
}
