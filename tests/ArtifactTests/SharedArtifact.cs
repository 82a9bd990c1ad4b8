using System.Globalization;
using System.Text;
using System.Text.Json;
using Lathe.Cli;
using Lathe.Ir;
using Lathe.Onnx;

namespace Lathe.ArtifactTests;

/// <summary>A shared model as a static library, with a header <c>given.h</c> that tells programs of the folder Programs, the same for every model, what to give it: tensors and dimensions of its saved case.</summary>
internal static class SharedArtifact
{
    /// <summary>Some of every kind, which the default run takes: convolutions, recurrent cells, a loop, whole numbers, open extents.</summary>
    private static readonly string[] sample = ["opt_mnist", "dtln_1", "micro_kws_m_static_qdq", "qlstm", "oww_hello_deepa", "hand_history_lstm"];

    /// <summary>As in any_model.h.</summary>
    private const int MostRank = 8;

    /// <summary>All models in a long run, else a sample; none where they are not at hand.</summary>
    public static TheoryData<string> Names => [.. All.Where(name => LongRun.Reason is null || sample.Contains(name))];

    public static IEnumerable<string> All => SharedModels.Reason("models") is not null ? [] :
        Directory.EnumerateFiles(SharedModels.Root("models"), "model.onnx", SearchOption.AllDirectories).Select(file => Path.GetFileName(Path.GetDirectoryName(file)!)).Order(StringComparer.Ordinal);

    /// <summary>Compiles it as <c>m</c> into a folder.</summary>
    /// <returns>The contract.</returns>
    public static JsonElement Build(string name, string folder, params string[] options)
    {
        Compile(name, folder, options);
        var contract = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "m.json"))).RootElement;
        var inputs = Inputs(name, contract.GetProperty("inputs").EnumerateArray().Select(i => i.GetProperty("name").GetString()!));
        File.WriteAllText(Path.Combine(folder, "given.h"), Given(contract, inputs, Path.Combine(folder, "inputs.bin")));
        using var data = File.Create(Path.Combine(folder, "inputs.bin"));
        foreach (var tensor in inputs) tensor.Bytes.CopyTo(data);
        return contract;
    }

    private static void Compile(string name, string folder, string[] options)
    {
        using var printed = new StringWriter();
        var code = CommandLine.Run(["compile", SharedModels.PathOf(name), "-o", folder, "--name", "m", "--emit", "static,header,contract", "--quiet", .. options], new Session(printed, printed));
        Assert.True(code == ExitCode.Done, printed.ToString());
    }

    /// <summary>Options that make every open dimension the number that it has in the saved case.</summary>
    public static string[] Fixed(string name)
    {
        var inputs = OnnxModel.Load(SharedModels.PathOf(name)).Graph.Inputs;
        return [.. inputs.Zip(Inputs(name, inputs.Select(i => i.Name))).SelectMany(p => p.First.Type.Shape.Zip(p.Second.Shape)).Where(p => p.First is Symbol).DistinctBy(p => p.First)
            .SelectMany(p => new[] { "--dim", string.Create(CultureInfo.InvariantCulture, $"{((Symbol)p.First).Name}={p.Second}") })];
    }

    private static List<Tensor> Inputs(string name, IEnumerable<string> inputs)
    {
        var folder = Path.GetDirectoryName(SharedModels.PathOf(name))!;
        var listed = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "io.json"))).RootElement.GetProperty("inputs").EnumerateArray().Select(e => e.GetString()).ToList();
        return [.. inputs.Select(input => Npy.Read(Path.Combine(folder, $"input_{listed.IndexOf(input).ToString(CultureInfo.InvariantCulture)}.npy")))];
    }

    private static string Given(JsonElement contract, List<Tensor> inputs, string data)
    {
        var (ins, outs) = (contract.GetProperty("inputs").EnumerateArray().ToList(), contract.GetProperty("outputs").EnumerateArray().ToList());
        var dims = contract.GetProperty("dims").EnumerateArray().Select(d => Extent(d.GetProperty("name").GetString()!)).ToList();
        var text = new StringBuilder("#include \"m.h\"\n");
        void Constants(string name, IEnumerable<long> values) => text.Append(CultureInfo.InvariantCulture, $"static const int64_t {name}[] = {{{string.Join(", ", values.DefaultIfEmpty())}}};\n");
        text.Append(CultureInfo.InvariantCulture, $"enum {{ INPUTS = {ins.Count}, OUTPUTS = {outs.Count}, DIMS = {dims.Count} }};\n");
        Constants("given_dims", dims);
        Constants("given_ranks", ins.Concat(outs).Select(t => (long)t.GetProperty("shape").GetArrayLength()));
        Constants("given_bits", ins.Concat(outs).Select(t => t.GetProperty("bits").GetInt64()));
        Constants("given_shapes", inputs.SelectMany(t => t.Shape));
        // Which extents of inputs are numbers of the model's own, by axis, MOST_RANK for each.
        Constants("given_known", ins.SelectMany(t => t.GetProperty("shape").EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Number ? 1L : 0).Concat(new long[MostRank]).Take(MostRank)));
        text.Append(CultureInfo.InvariantCulture, $"enum {{ KERNELS = {contract.GetProperty("kernels").GetArrayLength()}, WORKSPACE = {(contract.GetProperty("arena_bytes").GetInt64() == 0 ? 0 : 1)} }};\n");
        return text.Append(CultureInfo.InvariantCulture, $"static const char given_data[] = \"{data}\";\n").ToString();

        long Extent(string dim) => (from input in ins.Zip(inputs) from axis in input.First.GetProperty("shape").EnumerateArray().Zip(input.Second.Shape) where axis.First.ToString() == dim select axis.Second).First();
    }
}
