using System.IO.Compression;
using Lathe.Codegen.Llvm;
using Lathe.Onnx;
using Lathe.Runtime;
using Lathe.Runtime.Hosting;

namespace Lathe.Cli;

/// <summary>Makes a package: the parts of a model that compile as shared libraries, and the program of the host around them. The same model gives the same bytes.</summary>
internal sealed class PackageBuild(Session session, CodeOptions code)
{
    /// <summary>What every entry says of its time: the first that the format knows.</summary>
    private static readonly DateTimeOffset Timeless = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whether a path is that of a package; a folder stays a folder, whatever it is called.</summary>
    public static bool IsPackage(string path) => path.EndsWith(Package.Ending, StringComparison.Ordinal) && !Directory.Exists(path);

    /// <exception cref="DiagnosticException">Everything that is wrong with the model.</exception>
    public PackageReport Write(string path, string name, string file)
    {
        session.Progress($"reading {Path.GetFileName(path)}");
        var model = HostModel.Load(path).Split(name, code.Dim);
        using var folder = new TemporaryFolder();
        // A library and its weights are what a run opens; some systems get more beside them, such as an import library to link with.
        var files = new List<string>();
        foreach (var (part, import) in model.Parts)
        {
            foreach (var warning in import.Warnings) session.Report(warning);
            files.Add(new ModelBuild(session, code).Library(new(new(import.Graph), import.Info.Hash, ModelSource.Import, import.Warnings, [path]), part, folder.Path));
            if (Path.Combine(folder.Path, part + Package.WeightsEnding) is var weights && File.Exists(weights)) files.Add(weights);
        }
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } parent) Directory.CreateDirectory(parent);
        using var output = new OutputFile(file);
        using (var zip = new ZipArchive(output.Stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, Package.ProgramEntry, new MemoryStream(System.Text.Encoding.UTF8.GetBytes(HostProgramText.Print(model.Program))));
            foreach (var part in files.Order(StringComparer.Ordinal)) using (var from = File.OpenRead(part)) Add(zip, Package.PartsFolder + Path.GetFileName(part), from);
        }
        output.Commit();
        return new(file, model.Parts.Count, Steps(model.Program));
    }

    private static void Add(ZipArchive zip, string name, Stream contents)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Optimal);
        entry.LastWriteTime = Timeless;
        using var into = entry.Open();
        contents.CopyTo(into);
        contents.Dispose();
    }

    private static Seq<string> Steps(HostProgram program) => [.. program.Steps.Where(s => s.Node is not null).Select(s => s.Node!.Operator), .. program.Steps.SelectMany(s => s.Regions.Values).SelectMany(region => Steps(region))];
}

/// <summary>What was packed.</summary>
/// <param name="Steps">Operators of the host, one for each step.</param>
internal sealed record PackageReport(string File, int Parts, Seq<string> Steps)
{
    public string Print(bool isJson) => isJson ? JsonText.Print(json =>
    {
        json.WriteString("package", File);
        json.WriteNumber("parts", Parts);
        json.WriteList("host", Steps, json.WriteStringValue);
    }) : $"{File}: {Parts} compiled {(Parts == 1 ? "part" : "parts")}{(Steps.Count == 0 ? "" : $"; on the host {string.Join(", ", Steps.GroupBy(s => s).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Count() == 1 ? g.Key : $"{g.Key} ({g.Count()})"))}")}\n";
}
