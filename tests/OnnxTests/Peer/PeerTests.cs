using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Onnx;
using Lathe.Passes;
using Xunit.Abstractions;

namespace Lathe.OnnxTests.Peer;

/// <summary>Operators of other domains, three models each, interpreted and as machine code against ONNX Runtime.</summary>
public sealed class PeerTests(ITestOutputHelper output)
{
    /// <summary>Of the largest number that is expected.</summary>
    private const double Share = 1e-5;

    private static readonly string Models = Path.Combine(Backend.BackendCases.Checkout, "tests", "OnnxTests", "Peer", "models");

    public static TheoryData<string> All => [.. Directory.GetFiles(Models, "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_operator_has_models()
    {
        var missing = OperatorList.All.Where(e => e.Domain == "com.microsoft" && !File.Exists(Path.Combine(Models, $"{e.Name}.txt"))).Select(e => e.Name).ToList();
        Assert.True(missing.Count == 0, $"no models of {string.Join(", ", missing)} in tests/OnnxTests/Peer/models");
    }

    [PeerTheory]
    [MemberData(nameof(All))]
    public void Gives_the_peers_numbers(string name)
    {
        var faults = new List<string>();
        var models = PeerModel.Read(Path.Combine(Models, $"{name}.txt"));
        Assert.True(models.Count >= 3, $"{name} has {models.Count} models, it should have three");
        foreach (var (number, model) in models.Index())
        {
            var folder = Directory.CreateTempSubdirectory("lathe-peer-");
            try
            {
                var path = Path.Combine(folder.FullName, "model.onnx");
                model.Save(path);
                var known = Path.Combine(folder.FullName, "peer.onnx");
                model.Peer.Save(known);
                var expected = OrtPeer.Run(known, model.Inputs, folder.FullName);
                var graph = OnnxModel.Load(path).Graph;
                List<Tensor> inputs = [.. graph.Inputs.Select(i => model.Inputs.First(m => m.Name == i.Name).Contents)];
                foreach (var (way, run) in Ways(graph))
                    if (Fault(expected, run(inputs)) is { } fault) faults.Add($"model {number}, {way}: {fault}");
            }
            catch (Exception e) { faults.Add($"model {number}: {e.GetType().Name}: {e.Message}"); }
            finally { folder.Delete(true); }
        }
        output.WriteLine($"{name}: {models.Count} models");
        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    private static IEnumerable<(string Way, Func<IReadOnlyList<Tensor>, Tensor[]> Run)> Ways(Graph graph)
    {
        yield return ("interpreted", inputs => Interpreter.Run(graph, inputs));
        var program = Compilation.Run(graph, new Machine("test"));
        yield return ("native", inputs => NativeRunner.Run(program, inputs));
    }

    private static string? Fault(Tensor[] expected, Tensor[] actual)
    {
        if (expected.Length != actual.Length) return $"{expected.Length} outputs are expected, there are {actual.Length}";
        foreach (var (number, (x, y)) in expected.Zip(actual).Index())
        {
            if (x.Kind != y.Kind && y.Kind.Bits >= 8 || x.Shape != y.Shape) return $"output {number} is expected as {x}, it is {y}";
            var (left, right) = (x.ToDoubles(), y.ToDoubles());
            var most = left.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
            // f16 rounds each result to 11 bits, and ONNX Runtime each step too.
            var share = x.Kind switch { Scalar.F16 => 2e-3, Scalar.BF16 => 1.6e-2, _ when x.Kind.IsReal => Share, _ => 0 };
            for (var i = 0; i < left.Length; i++)
                if (!left[i].Equals(right[i]) && !(Math.Abs(left[i] - right[i]) <= share * most)) return $"output {number}, number {i}: {left[i]:R} is expected, {right[i]:R} is found";
        }
        return null;
    }
}
