using System.Globalization;
using System.Text.Json;
using Lathe.Onnx;

namespace Lathe.Benchmarks;

/// <summary>A model that both sides run on the same inputs.</summary>
/// <param name="Name">A C identifier, too: what its artifact is called.</param>
/// <param name="Path">The model file.</param>
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

    /// <summary>The eighteen networks that the product's speed is judged by, in the order of its table.</summary>
    public static IReadOnlyList<string> Judged { get; } =
    [
        "resnet50", "resnet18", "mobilenet_v2", "efficientnet_b0", "squeezenet1_1", "unet_256", "espcn_x3", "bert_base_128", "bert_mini_128", "vit_b16", "deit_tiny",
        "mlp_mixer_s16", "gpt2_small_decode", "llama_512x8_decode", "llama_2048x4_decode", "dlrm_ctr_b1", "lstm_2x512", "gru_2x512",
    ];

    /// <summary>Every generated network; the single operators are left out.</summary>
    public static IEnumerable<string> Networks() => All().Select(m => m.Name).Where(name => !name.StartsWith("op_", StringComparison.Ordinal));

    /// <summary>Every real model that computes in floats, as the index of the shared folder says.</summary>
    public static IEnumerable<string> SharedFloat()
    {
        var lines = File.ReadAllLines(System.IO.Path.Combine(Places.SharedModels, "index.tsv")).Select(line => line.Split('\t')).ToArray();
        var operators = Array.IndexOf(lines[0], "ops");
        return lines.Skip(1).Where(l => !l[operators].Contains("QuantizeLinear", StringComparison.Ordinal) && !l[operators].Contains("QLinear", StringComparison.Ordinal)).Select(l => l[0]);
    }

    /// <summary>What <c>--dim</c> makes the artifact's inputs the example's: a binding for each dimension that the model leaves open.</summary>
    public IEnumerable<string> Dimensions() => ModelOutline.Read(Path).Inputs
        .SelectMany((input, i) => input.Dims.Select((dim, axis) => (Name: dim == "?" ? $"{input.Name}.{axis}" : dim, Input: i, Axis: axis)))
        .Where(d => !long.TryParse(d.Name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .DistinctBy(d => d.Name, StringComparer.Ordinal)
        .SelectMany(d => (string[])["--dim", string.Create(CultureInfo.InvariantCulture, $"{d.Name}={NpyFile.Read(Input(d.Input)).Shape[d.Axis]}")]);

    /// <summary>The same model over inputs so many times as long along their first, open dimension.</summary>
    public BenchModel InBatches(int times)
    {
        if (times == 1) return this;
        var outline = ModelOutline.Read(Path).Inputs;
        var folder = System.IO.Path.Combine(Places.Root, "artifacts", "bench", string.Create(CultureInfo.InvariantCulture, $"{Name}.inputs{times}"));
        Directory.CreateDirectory(folder);
        foreach (var (i, input) in outline.Index())
        {
            if (input.Dims.Count == 0 || long.TryParse(input.Dims[0], NumberStyles.None, CultureInfo.InvariantCulture, out _)) throw new BenchmarkException($"{Name}: the first dimension of input {input.Name} is not open");
            var one = NpyFile.Read(Input(i));
            (one with { Shape = one.Shape.SetItem(0, one.Shape[0] * times), Data = [.. Enumerable.Repeat(one.Data, times).SelectMany(data => data)] }).Write(System.IO.Path.Combine(folder, $"input_{i}.npy"));
        }
        return this with { Inputs = folder, Flops = Flops * times };
    }

    /// <summary>The file of input <paramref name="i"/>.</summary>
    public string Input(int i) => Numbered(Inputs, "input", i);

    /// <summary>The file of a numbered tensor in either of the two forms.</summary>
    public static string Numbered(string folder, string kind, int i) =>
        Directory.EnumerateFiles(folder, $"{i:D2}_*.npy").Append(System.IO.Path.Combine(folder, $"{kind}_{i}.npy")).FirstOrDefault(File.Exists)
        ?? throw new BenchmarkException($"{folder} has neither {i:D2}_NAME.npy nor {kind}_{i}.npy");
}
