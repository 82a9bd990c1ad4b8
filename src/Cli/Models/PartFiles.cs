using System.Text;
using Lathe.Codegen.Llvm;
using Lathe.Onnx;
using Lathe.Passes;
using Lathe.Passes.Checking;

namespace Lathe.Cli;

/// <summary>A part of a model that shows a fault, as files: textual IR, the same in ONNX where ONNX can say it, its inputs, and a file test that fails until the fault is mended.</summary>
/// <param name="options">What the command line said beside the passes.</param>
internal sealed class PartFiles(string name, Finding finding, string folder, string options)
{
    /// <summary>Most bytes that a test holds as text.</summary>
    private const long MostInText = 1 << 14;

    private readonly string text = IrText.Print(finding.Graph!);
    private readonly IReadOnlyList<Bytes> planes = [.. IrText.Outside(finding.Graph!).DistinctBy(p => p.Hash)];

    /// <param name="seed">Random inputs that show the fault; null where only those of the run are known to.</param>
    /// <returns>The files.</returns>
    public IEnumerable<string> Write(int? seed)
    {
        Directory.CreateDirectory(folder);
        var model = Path.Combine(folder, "minimal" + ModelSource.TextEnding);
        OutputFile.Write(model, text);
        WeightFolder.Beside(model).Keep(planes);
        yield return model;
        if (OnnxExport.Write(finding.Graph!) is { } onnx)
        {
            var path = Path.ChangeExtension(model, ".onnx");
            using var file = new OutputFile(path);
            file.Stream.Write(onnx);
            file.Commit();
            yield return path;
        }
        if (seed is null)
            foreach (var (input, tensor) in finding.Graph!.Inputs.Zip(finding.Inputs)) yield return Save(Path.Combine(folder, FileName.Of(input.Name) + ".npy"), tensor);
        var test = Path.Combine(folder, "minimal.test");
        OutputFile.Write(test, Test(seed));
        yield return test;
    }

    private string Test(int? seed)
    {
        var test = new StringBuilder($"{finding.Fault.Pass} on a part of {name}: what it computes stays.\n\nfile minimal{ModelSource.TextEnding}\n");
        foreach (var line in text.TrimEnd('\n').Split('\n')) test.Append(line == "" ? "" : "  ").Append(line).Append('\n');
        test.Append('\n');
        var files = new List<(string Path, byte[] Contents)>();
        foreach (var plane in planes) files.Add(($"weights/{plane.Hash}.bin", plane.Span(0, checked((int)plane.Length)).ToArray()));
        if (seed is null) foreach (var (input, tensor) in finding.Graph!.Inputs.Zip(finding.Inputs)) files.Add((FileName.Of(input.Name) + ".npy", Contents(tensor)));
        if (planes.Count > 0) test.Append("$ mkdir -p weights\n");
        if (files.Sum(f => (long)f.Contents.Length) <= MostInText) foreach (var (path, contents) in files) test.Append(CultureInfo.InvariantCulture, $"$ echo {Convert.ToBase64String(contents)} | base64 -d > {path}\n");
        else test.Append(CultureInfo.InvariantCulture, $"$ cp {string.Join(' ', files.Select(f => f.Path))} .\n");
        var given = seed is { } random ? random == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" --seed {random}") : string.Concat(finding.Graph!.Inputs.Select(v => $" --input '{v.Name}={FileName.Of(v.Name)}.npy'"));
        return test.Append(CultureInfo.InvariantCulture, $"$ lathe bisect minimal{ModelSource.TextEnding} --passes '{string.Join(", ", finding.Passes)}'{options}{given}\n  {Verbs.Bisect.Nothing}\n").ToString();
    }

    private static string Save(string path, Tensor tensor)
    {
        using var file = new OutputFile(path);
        Npy.Write(file.Stream, tensor);
        file.Commit();
        return path;
    }

    private static byte[] Contents(Tensor tensor)
    {
        using var stream = new MemoryStream();
        Npy.Write(stream, tensor);
        return stream.ToArray();
    }
}
