using Lathe.Codegen.Llvm;
using Lathe.Onnx;
using Lathe.Runtime;
using Lathe.Runtime.Hosting;

namespace Lathe.Cli;

/// <summary>Runs a model whose values no C ABI carries, or a package: text from lines of .txt files, sequences and optional values from .pb, tensors from .npy and .pb.</summary>
/// <param name="inputs">Names, and how a file of one is read.</param>
internal sealed class HostRun(Session session, Seq<(string Name, Func<string, HostValue> Read)> inputs, Seq<string> outputs, Func<IReadOnlyList<HostValue>, IReadOnlyList<HostValue>> run)
{
    /// <summary>Whether a path is that of such a model.</summary>
    public static bool IsNeeded(string path) => !ModelPath.IsArtifact(path) && ModelPath.Resolve(path) is var file && System.IO.Path.GetExtension(file) == ".onnx" && File.Exists(file) && HostModel.Load(file).IsNeeded;

    /// <summary>Runs a model by the interpreter.</summary>
    public static HostRun Of(Session session, HostModel model) => new(session, [.. model.Inputs.Select(name => (name, (Func<string, HostValue>)(path => model.Read(name, path))))], model.Outputs, x => model.Run([.. x], session.Cancellation));

    /// <summary>Runs a package as Lathe.Runtime does.</summary>
    public static HostRun Of(Session session, Package package, Host host) =>
        new(session, [.. package.Program.Inputs.Select(i => (i.Name, (Func<string, HostValue>)(path => HostFile.Read(path, i.Type))))], [.. package.Program.Outputs.Select(o => o.Name)], x => package.Run(x, host, session.Cancellation));

    /// <exception cref="UsageException">An input is not given, or an option does not fit.</exception>
    public ExitCode Execute(Seq<NamedFile> given, string? outputDir, Seq<NamedFile> expect, bool json)
    {
        if (expect.Count > 0 || json) throw new UsageException("a model that runs on the host prints its outputs and saves them", "lathe verify compares them with saved cases");
        var values = inputs.Select(input => Read(input.Read, given.FirstOrDefault(f => f.Name == input.Name || f.Name == "" && inputs.Count == 1)
            ?? throw new UsageException($"no file for the input {input.Name}", $"--input {input.Name}=FILE, with .npy, .pb, or .txt for text"))).ToList();
        foreach (var (name, value) in outputs.Zip(run(values)))
        {
            session.Output.Write(Text(name, value));
            if (outputDir is not null) Save(outputDir, name, value);
        }
        return ExitCode.Done;
    }

    private static HostValue Read(Func<string, HostValue> read, NamedFile file)
    {
        if (!File.Exists(file.Path)) throw InputFault.NoFile(file.Path);
        switch (System.IO.Path.GetExtension(file.Path))
        {
            case ".npy": return Npy.Read(file.Path).OnHost;
            case ".txt":
                Seq<string> lines = [.. File.ReadAllLines(file.Path)];
                return new HostText([lines.Count], [.. lines]);
            default: return read(file.Path);
        }
    }

    private static string Text(string name, HostValue value) => value switch
    {
        HostTensor tensor => TensorSummary.Print(name, tensor.Tensor),
        HostText text => $"{name}: {text.Kind}\n{string.Concat(text.Elements.Select(e => $"  {e}\n"))}",
        HostSequence sequence => $"{name}: {sequence.Kind}\n{string.Concat(sequence.Items.Select((item, i) => Text($"{name}[{i}]", item)))}",
        HostMap map => $"{name}: {map.Kind}\n{string.Concat(map.Words.Select((key, i) => $"  {key}: {Element(map.Values, i)}\n"))}",
        _ => $"{name}: {value.Kind}\n",
    };

    private static string Element(HostValue values, int i) => values is HostText text ? text.Elements[i] : ((HostTensor)values).ToTexts()[i];

    private static void Save(string folder, string name, HostValue value)
    {
        Directory.CreateDirectory(folder);
        if (value is HostSequence sequence)
        {
            foreach (var (i, item) in sequence.Items.Index()) Save(folder, $"{name}.{i}", item);
            return;
        }
        if (value is HostMap map)
        {
            Save(folder, $"{name}.keys", map.Keys);
            Save(folder, $"{name}.values", map.Values);
            return;
        }
        if (value is not (HostTensor or HostText)) return;
        using var file = new OutputFile(System.IO.Path.Combine(folder, FileName.Of(name) + (value is HostText ? ".txt" : ".npy")));
        if (value is HostTensor tensor) Npy.Write(file.Stream, tensor.Tensor);
        else file.Stream.Write(System.Text.Encoding.UTF8.GetBytes(string.Concat(((HostText)value).Elements.Select(e => e + "\n"))));
        file.Commit();
    }
}
