using System.Text.Json;

namespace Lathe.Benchmarks;

/// <summary>A model that both sides run on the same inputs.</summary>
/// <param name="Name">A C identifier, too: what its artifact is called.</param>
/// <param name="Inputs">The folder of its inputs, <c>NN_name.npy</c> or <c>input_N.npy</c>.</param>
/// <param name="Flops">Of its matrix products and convolutions by their definition, two for a multiply-add; 0 where not known.</param>
public sealed record BenchModel(string Name, string Path, string Inputs, double Flops)
{
    /// <summary>A generated model by its name, else a model of the shared folder.</summary>
    public static BenchModel Find(string name)
    {
        if (All().FirstOrDefault(m => m.Name == name) is { } generated) return generated;
        var folder = System.IO.Path.Combine(Places.SharedModels, name);
        var path = System.IO.Path.Combine(folder, "model.onnx");
        if (File.Exists(path)) return new(name, path, folder, 0);
        throw new BenchmarkException($"no model {name}: neither among {string.Join(", ", All().Select(m => m.Name))} nor in the shared models");
    }

    /// <summary>Every generated model, in the generator's order.</summary>
    public static IReadOnlyList<BenchModel> All()
    {
        var folder = System.IO.Path.Combine(Places.Peer, "models");
        var manifest = System.IO.Path.Combine(folder, "manifest.json");
        if (!File.Exists(manifest)) throw new BenchmarkException("no models: run tests/Benchmarks/peer.sh first");
        using var json = JsonDocument.Parse(File.ReadAllBytes(manifest));
        return [.. json.RootElement.EnumerateObject().Select(m => new BenchModel(
            m.Name,
            System.IO.Path.Combine(folder, $"{m.Name}.onnx"),
            System.IO.Path.Combine(folder, $"{m.Name}.inputs"),
            m.Value.GetProperty("mmacs").GetDouble() * 2e6))];
    }

    /// <summary>The file of input <paramref name="i"/>.</summary>
    public string Input(int i) => Numbered(Inputs, "input", i);

    /// <summary>The file of a numbered tensor in either of the two forms.</summary>
    public static string Numbered(string folder, string kind, int i) =>
        Directory.EnumerateFiles(folder, $"{i:D2}_*.npy").Append(System.IO.Path.Combine(folder, $"{kind}_{i}.npy")).FirstOrDefault(File.Exists)
        ?? throw new BenchmarkException($"{folder} has neither {i:D2}_NAME.npy nor {kind}_{i}.npy");
}
