using Lathe.Codegen.Llvm;
using Lathe.Codegen.Package;
using Lathe.Onnx;
using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>Files about an artifact, written beside it: its text, the pipeline it went through, a report.</summary>
internal sealed class Companions(string name, string folder, ModelBuild build, ModelSource source, Program program, Graph? plain = null, Seeing.PassTrail? trail = null, CpuTarget? target = null, Seq<Setting> settings = default)
{
    /// <summary>Writes what is asked for of these.</summary>
    /// <returns>The files, in the order they were asked for.</returns>
    public Seq<string> Write(Seq<Emission> emit, CompileReport report) => [.. emit.Distinct().Select(e => Write(e, report)).OfType<string>()];

    /// <summary>Where the kernels stand in the text that <see cref="Emission.Ir"/> writes.</summary>
    public static DebugPlaces Places(string name, ModelBuild build, ModelSource source, Program program) =>
        DebugPlaces.Of(program, name + ModelSource.TextEnding, ModelSource.Print(new(program), source.Hash, Last(build)));

    private static string Last(ModelBuild build) => Pipeline.Label(build.Passes, build.Passes.Count - 1);

    private void WriteOnnx(string path)
    {
        var contents = OnnxExport.Write(plain ?? throw new InvalidOperationException("no graph was made for it")) ?? throw new UsageException("--emit=onnx: a value is stored as ONNX cannot say", "--emit=ir");
        using var file = new OutputFile(path);
        file.Stream.Write(contents);
        file.Commit();
    }

    private string? Write(Emission emission, CompileReport report)
    {
        var (ending, write) = emission switch
        {
            Emission.Ir => (ModelSource.TextEnding, (Action<string>)(path => DumpOptions.Write(path, new(program), source.Hash, Last(build)))),
            Emission.Pipeline => (".recipe", path => OutputFile.Write(path, (build.Pipeline with { Name = name, Settings = settings }).Print())),
            Emission.Report => (".report.html", path => OutputFile.Write(path, ReportPage.Print(report, build, trail!, target!))),
            Emission.Calibration => (".calibration", path => CalibrationFile.Write(path, build.Calibration ?? throw new UsageException("--emit=calibration: nothing was calibrated", "--calibrate PATH"))),
            Emission.Onnx => (".onnx", WriteOnnx),
            _ => ("", _ => { }),
        };
        if (ending == "") return null;
        var file = Path.Combine(folder, name + ending);
        Directory.CreateDirectory(folder);
        write(file);
        return file;
    }
}
