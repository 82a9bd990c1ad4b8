using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Onnx;
using Lathe.Passes;
using Lathe.Runtime.Hosting;

namespace Lathe.OnnxTests.Backend;

/// <summary>One of ONNX's cases: imported, run by the interpreter before and after it is compiled, run as machine code, compared with what ONNX expects; or run on the host, where no C ABI carries its values.</summary>
/// <param name="form">How its inputs are given.</param>
internal sealed class BackendCase(string folder, CaseForm form = CaseForm.Given)
{
    // The tolerances of ONNX's own runner, onnx/backend/test/runner.
    private const double Relative = 1e-3;
    private const double Absolute = 1e-7;

    /// <summary>Operators whose numbers are drawn: only their kind and shape can be as expected.</summary>
    private static readonly string[] Drawing = ["Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"];

    private readonly HostModel host = HostModel.Load(Path.Combine(folder, "model.onnx"));
    private readonly bool isDrawn = ModelFile.Read(Path.Combine(folder, "model.onnx")).Model.Graph.Node.Any(n => Drawing.Contains(n.OpType));

    /// <summary>Whether the case passes on the host and not as machine code.</summary>
    public bool IsOnHost { get; private set; }

    /// <summary>Why the case does not pass; null where it does.</summary>
    public string? Fault()
    {
        var native = Guarded(NativeFault);
        // To the host all is known, whichever form the inputs have.
        if (native is null || !host.IsNeeded || form == CaseForm.Gpu) return native;
        IsOnHost = true;
        return Guarded(HostFault);
    }

    private static string? Guarded(Func<string?> check)
    {
        try { return check(); }
        catch (Exception e) { return $"{(e is DiagnosticException ? "" : e.GetType().Name + ": ")}{e.Message.ReplaceLineEndings(" ")}"; }
    }

    private IEnumerable<string> DataSets => Directory.GetDirectories(folder, "test_data_set_*").Order(StringComparer.Ordinal);

    private string? NativeFault()
    {
        foreach (var data in DataSets)
        {
            var (given, outputs) = (Read(data, "input"), Read(data, "output"));
            try { if (Fault(Load(given, (_, _) => form == CaseForm.Constant), outputs) is { } fault) return fault; }
            catch (DiagnosticException e) when (form != CaseForm.Constant && IsDecided(e))
            {
                if (Fault(Load(given, (input, contents) => Decides(input, contents, given.Count)), outputs) is { } fault) return fault;
            }
        }
        return null;
    }

    private string? HostFault()
    {
        foreach (var data in DataSets)
        {
            var made = host.Run([.. host.Inputs.Select((name, i) => host.Read(name, Path.Combine(data, $"input_{i}.pb")))]);
            foreach (var (i, name) in host.Outputs.Index())
                if (Difference(host.Read(name, Path.Combine(data, $"output_{i}.pb")), made[i]) is { } difference) return $"host: {name}: {difference}";
        }
        return null;
    }

    private string? Difference(HostValue expected, HostValue actual) => (expected, actual) switch
    {
        (HostTensor x, HostTensor y) => Compare([x.Tensor], [y.Tensor]),
        (HostText x, HostText y) => x.Shape.SequenceEqual(y.Shape) && x.Elements.SequenceEqual(y.Elements) ? null : $"{string.Join("|", x.Elements)} of {x.Kind} is expected, {string.Join("|", y.Elements)} of {y.Kind} is found",
        (HostSequence x, HostSequence y) when x.Items.Length == y.Items.Length => x.Items.Zip(y.Items, Difference).FirstOrDefault(d => d is not null),
        (HostMap x, HostMap y) => Difference(x.Keys, y.Keys) ?? Difference(x.Values, y.Values),
        (HostAbsent, HostAbsent) => null,
        _ => $"{expected.Kind} is expected, {actual.Kind} is found",
    };

    /// <summary>
    /// The cases give axes, pads and sizes as inputs, which models hold as weights: where they must be known, all inputs but the first are made
    /// constants. With open extents, only single numbers and vectors are, so that what carries data stays open.
    /// </summary>
    private bool Decides(int input, Tensor contents, int count) => (count == 1 || input > 0 || contents.Shape.Count == 0) && (form == CaseForm.Given || contents.Shape.Count <= 1);

    /// <param name="isConstant">Whether an input is made a constant.</param>
    private (Graph Graph, List<Tensor> Inputs) Load(List<Tensor> inputs, Func<int, Tensor, bool> isConstant)
    {
        var path = Path.Combine(folder, "model.onnx");
        using var open = form == CaseForm.Open ? new OpenModel(path) : null;
        var named = ModelFile.Read(path).Model.Graph.Input.Select(i => i.Name).Zip(inputs).Index().ToLookup(p => isConstant(p.Index, p.Item.Second), p => p.Item);
        return (OnnxModel.Load(open?.Path ?? path, new(default, [.. named[true]])).Graph, [.. named[false].Select(p => p.Second)]);
    }

    /// <summary>Whether inputs decide shapes in a way that only constants can: they must be known (LT2004), nothing bounds them (LT4003), or they say -1 (LT5005).</summary>
    private static bool IsDecided(DiagnosticException e) => e.Diagnostics.All(d => d.Severity != Severity.Error || d.Code is "LT4003" or "LT5005" || d.Message.Contains("known when compiling", StringComparison.Ordinal));

    private string? Fault((Graph Graph, List<Tensor> Inputs) model, List<Tensor> outputs)
    {
        var (graph, inputs) = model;
        if (form == CaseForm.Gpu) return Compare(outputs, GpuRun.Of(graph, inputs)) is { } mapped ? $"GPU kernels: {mapped}" : null;
        if (Compare(outputs, Interpreter.Run(graph, inputs)) is { } interpreted) return $"interpreted: {interpreted}";
        var program = Compilation.Run(graph, new Machine("test"));
        if (Compare(outputs, Interpreter.Run(program, inputs)) is { } compiled) return $"compiled, interpreted: {compiled}";
        return Compare(outputs, NativeRunner.Run(program, inputs)) is { } native ? $"native: {native}" : null;
    }

    private static List<Tensor> Read(string folder, string name)
    {
        var all = new List<Tensor>();
        for (var i = 0; Path.Combine(folder, $"{name}_{i}.pb") is var path && File.Exists(path); i++) all.Add(TensorFile.Read(path));
        return all;
    }

    private string? Compare(List<Tensor> expected, Tensor[] actual)
    {
        if (expected.Count != actual.Length) return $"{expected.Count} outputs are expected, there are {actual.Length}";
        for (var output = 0; output < actual.Length; output++)
        {
            if (expected[output].Kind != actual[output].Kind || expected[output].Shape != actual[output].Shape) return $"output {output} is expected as {expected[output]}, it is {actual[output]}";
            if (isDrawn) continue;
            if (!actual[output].Kind.IsReal)
            {
                if (Ir.Difference.Between(expected[output], actual[output]) is { Share: > 0 } difference) return $"output {output} {difference.Where}";
                continue;
            }
            var (x, y) = (expected[output].ToDoubles(), actual[output].ToDoubles());
            for (var i = 0; i < x.Length; i++)
                if (!x[i].Equals(y[i]) && !(Math.Abs(x[i] - y[i]) <= Absolute + Relative * Math.Abs(x[i]))) return $"output {output}, number {i}: {x[i]:R} is expected, {y[i]:R} is found";
        }
        return null;
    }
}
