using Lathe.Ir;
using Lathe.Onnx;

namespace Lathe.OnnxTests;

/// <summary>One of ONNX's own test cases: a model, inputs and what they should give.</summary>
/// <param name="Folder">Holds <c>model.onnx</c> and <c>test_data_set_0/input_0.pb, …, output_0.pb, …</c></param>
internal sealed record BackendCase(string Folder)
{
    public string Name => Path.GetFileName(Folder);

    private string Model => Path.Join(Folder, "model.onnx");

    /// <summary>What became of the case: null where it passed, else why not.</summary>
    /// <exception cref="DiagnosticException">The model or its data cannot be compiled.</exception>
    public string? Run()
    {
        foreach (var set in Directory.GetDirectories(Folder, "test_data_set_*").Order(StringComparer.Ordinal))
        {
            var (inputs, outputs) = (Tensors(set, "input"), Tensors(set, "output"));
            var (graph, given) = Load(inputs);
            foreach (var (i, (expected, actual)) in outputs.Zip(Interpreter.Run(graph, given)).Index())
                if (Difference.Between(expected, actual) is var difference && !(difference.Share <= Tolerance(expected.Kind))) return $"output {i}: {difference.Share:G3} {difference.Where}";
        }
        return null;
    }

    /// <summary>Operands that decide shapes come as inputs in these cases; then all inputs but the first are constants, as they are in real models.</summary>
    private (Graph, Tensor[]) Load(Tensor[] inputs)
    {
        try { return (OnnxModel.Load(Model).Graph, inputs); }
        catch (DiagnosticException e) when (e.Diagnostics.Where(d => d.Severity == Severity.Error).All(d => d.Message.Contains("must be known when compiling", StringComparison.Ordinal)))
        {
            string[] names = [.. ModelFile.Read(Model).Model.Graph.Input.Select(i => i.Name)];
            var first = names.Length == 1 || inputs[0].Shape.Count == 0 ? 0 : 1;
            return (OnnxModel.Load(Model, new(default, [.. names.Zip(inputs).Skip(first)])).Graph, inputs[..first]);
        }
    }

    private static Tensor[] Tensors(string set, string what) => [.. Enumerable.Range(0, int.MaxValue).Select(i => Path.Join(set, $"{what}_{i}.pb")).TakeWhile(File.Exists).Select(TensorFile.Read)];

    /// <summary>The cases' results were made with numpy, which rounds after each step: a share of the largest number.</summary>
    private double Tolerance(Scalar kind) => kind switch
    {
        _ when Name == "test_averagepool_2d_ceil_last_window_starts_on_pad" => 1e-3, // its results were typed with four digits
        Scalar.F64 => 1e-7, // attributes and intermediate results are f32 in several cases
        Scalar.F32 => 1e-5,
        Scalar.F16 => 2e-3,
        _ => 1e-2,
    };
}
