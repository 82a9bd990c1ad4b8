using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Onnx;
using Lathe.Passes;
using Lathe.Testing;

namespace Lathe.OnnxTests.Flow;

/// <summary>A model in ONNX's textual syntax, run by the interpreter as it was read and as it was compiled, and as machine code: all three must agree.</summary>
internal sealed class FlowModel
{
    private readonly Graph graph;
    private readonly Lazy<Program> program;

    public FlowModel(string text, ImportOptions? options = null)
    {
        using var folder = new ScratchFolder();
        var path = Path.Combine(folder[""], "model.onnx");
        File.WriteAllBytes(path, new OnnxSyntax(text).Model());
        var import = OnnxModel.Load(path, options);
        (graph, Warnings) = (import.Graph, import.Warnings);
        program = new(() => Compilation.Run(graph, MachineTable.Of(CpuTarget.Host)));
    }

    public Seq<Diagnostic> Warnings { get; }
    public Graph Graph => graph;
    public Program Program => program.Value;

    /// <summary>The results; all three ways refuse, or none does.</summary>
    /// <exception cref="DiagnosticException">What the run refuses, as machine code says it.</exception>
    public Tensor[] Run(params IReadOnlyList<Tensor> inputs)
    {
        var made = new[] { () => Interpreter.Run(graph, inputs), () => Interpreter.Run(Program, inputs), () => NativeRunner.Run(Program, inputs) }.Select(Tried).ToList();
        Assert.True(made.TrueForAll(m => m.Refused is null) || made.TrueForAll(m => m.Refused is not null), $"one way refuses, another does not: {string.Join(" | ", made.Select(m => m.Refused?.Message ?? "done"))}");
        if (made[2].Refused is { } refused) throw refused;
        foreach (var other in made)
            foreach (var (expected, result) in made[0].Made!.Zip(other.Made!))
            {
                Assert.Equal(expected.Shape, result.Shape);
                Assert.True(Difference.Between(expected, result).Share <= 1e-5, $"{expected} is expected, {result} was made");
            }
        return made[2].Made!;
    }

    private static (Tensor[]? Made, DiagnosticException? Refused) Tried(Func<Tensor[]> run)
    {
        try { return (run(), null); }
        catch (DiagnosticException e) { return (null, e); }
    }
}
