using Lathe.Onnx;
using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>A model as it enters the passes: imported from ONNX, or read from a dump of any stage.</summary>
/// <param name="Hash">SHA-256 of the ONNX file, which every dump carries on.</param>
/// <param name="After">The pass it has been through last; import where none.</param>
/// <param name="Warnings">What is odd but does not stop a compile.</param>
/// <param name="Files">What it was read from.</param>
internal sealed record ModelSource(Module Module, string Hash, string After, Seq<Diagnostic> Warnings, Seq<string> Files)
{
    /// <summary>The ending of the textual IR.</summary>
    public const string TextEnding = ".lir";

    /// <summary>What stands for a pass where none has run.</summary>
    public const string Import = "import";

    private const string Head = "// model ", HeadAfter = " after ";

    public Seq<Value> Inputs => Module.Graph?.Inputs ?? Module.MustBeProgram.Inputs;
    public Seq<Value> Outputs => Module.Graph?.Outputs ?? Module.MustBeProgram.Outputs;

    /// <summary>Whether a dimension is left open.</summary>
    public bool IsOpen => Inputs.Any(v => !v.Type.IsStatic);

    /// <exception cref="DiagnosticException">Everything that is wrong with the file.</exception>
    /// <param name="constants">Inputs that become weights.</param>
    public static ModelSource Read(string path, Seq<DimBinding> dims, Seq<(string Input, Tensor Contents)> constants = default, Seq<MaxBinding> max = default)
    {
        if (Path.GetExtension(path) == TextEnding) return ReadText(path, dims);
        var import = OnnxModel.Load(path, new ImportOptions(dims, constants, max));
        return new(new(import.Graph), import.Info.Hash, Import, import.Warnings, [path, .. import.Info.ExternalData.Select(file => Path.Combine(Path.GetDirectoryName(path) ?? "", file))]);
    }

    /// <summary>The model's text, which reads back; its first line says which ONNX file it comes from and which pass it has been through.</summary>
    public static string Print(Module module, string hash, string after) => $"{Head}{hash}{HeadAfter}{after}\n{(module.Graph is { } graph ? IrText.Print(graph) : IrText.Print(module.MustBeProgram))}";

    private static ModelSource ReadText(string path, Seq<DimBinding> dims)
    {
        if (!File.Exists(path)) throw InputFault.NoFile(path);
        if (dims.Count > 0) throw new UsageException($"--dim {dims[0]}: the dimensions of a text are what it says", "edit them in the text, or bind them when importing the .onnx file");
        var text = File.ReadAllText(path);
        var file = IrText.Read(text, WeightFolder.Beside(path), Path.GetFileName(path));
        var module = file switch
        {
            { Program: { } program } => new Module(program),
            { Graphs: [var graph] } => new Module(graph),
            { Graphs.Count: > 1 } => throw new DiagnosticException(new Diagnostic("LT3101", $"the text holds {file.Graphs.Count} graphs, a model is one", Path.GetFileName(path))),
            _ => throw new DiagnosticException(new Diagnostic("LT3102", $"the text holds {file.Kernels.Count} kernels and neither graph nor program, so there is nothing to call", Path.GetFileName(path))),
        };
        var head = text.Split('\n', 2)[0];
        var (hash, after) = head.StartsWith(Head, StringComparison.Ordinal) && head[Head.Length..].Split(HeadAfter) is [var from, var pass] ? (from, pass) : ("", Import);
        return new(module, hash, after, [], [path]);
    }
}
