using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Onnx;
using Lathe.Passes;

namespace Lathe.OnnxTests.Backend;

/// <summary>One of ONNX's cases: imported, run by the interpreter before and after it is compiled, run as machine code, compared with what ONNX expects.</summary>
internal sealed class BackendCase(string folder)
{
    // The tolerances of ONNX's own runner, onnx/backend/test/runner.
    private const double Relative = 1e-3;
    private const double Absolute = 1e-7;

    /// <summary>Why the case does not pass; null where it does.</summary>
    public string? Fault()
    {
        try
        {
            foreach (var data in Directory.GetDirectories(folder, "test_data_set_*").Order(StringComparer.Ordinal))
            {
                var outputs = Read(data, "output");
                var (graph, inputs) = Load(Read(data, "input"));
                if (Compare(outputs, Interpreter.Run(graph, inputs)) is { } interpreted) return $"interpreted: {interpreted}";
                var program = Compilation.Run(graph, new Machine("test"));
                if (Compare(outputs, Interpreter.Run(program, inputs)) is { } compiled) return $"compiled, interpreted: {compiled}";
                if (Compare(outputs, NativeRunner.Run(program, inputs)) is { } native) return $"native: {native}";
            }
            return null;
        }
        catch (Exception e)
        {
            return $"{(e is DiagnosticException ? "" : e.GetType().Name + ": ")}{e.Message.ReplaceLineEndings(" ")}";
        }
    }

    /// <summary>The cases give axes, pads and sizes as inputs, which models hold as weights: where they must be known, all inputs but the first are made constants.</summary>
    private (Graph Graph, List<Tensor> Inputs) Load(List<Tensor> inputs)
    {
        var path = Path.Combine(folder, "model.onnx");
        try { return (OnnxModel.Load(path).Graph, inputs); }
        catch (DiagnosticException e) when (e.Diagnostics.All(d => d.Severity != Severity.Error || d.Message.Contains("must be known when compiling", StringComparison.Ordinal)))
        {
            string[] names = [.. ModelFile.Read(path).Model.Graph.Input.Select(i => i.Name)];
            var first = names.Length == 1 || inputs[0].Shape.Count == 0 ? 0 : 1;
            return (OnnxModel.Load(path, new(default, [.. names.Zip(inputs).Skip(first)])).Graph, inputs[..first]);
        }
    }

    private static List<Tensor> Read(string folder, string name)
    {
        var all = new List<Tensor>();
        for (var i = 0; Path.Combine(folder, $"{name}_{i}.pb") is var path && File.Exists(path); i++) all.Add(TensorFile.Read(path));
        return all;
    }

    private static string? Compare(List<Tensor> expected, Tensor[] actual)
    {
        if (expected.Count != actual.Length) return $"{expected.Count} outputs are expected, there are {actual.Length}";
        for (var output = 0; output < actual.Length; output++)
        {
            if (expected[output].Kind != actual[output].Kind || expected[output].Shape != actual[output].Shape) return $"output {output} is expected as {expected[output]}, it is {actual[output]}";
            if (!actual[output].Kind.IsReal)
            {
                if (Difference.Between(expected[output], actual[output]) is { Share: > 0 } difference) return $"output {output} {difference.Where}";
                continue;
            }
            var (x, y) = (expected[output].ToDoubles(), actual[output].ToDoubles());
            for (var i = 0; i < x.Length; i++)
                if (!x[i].Equals(y[i]) && !(Math.Abs(x[i] - y[i]) <= Absolute + Relative * Math.Abs(x[i]))) return $"output {output}, number {i}: {x[i]:R} is expected, {y[i]:R} is found";
        }
        return null;
    }
}
