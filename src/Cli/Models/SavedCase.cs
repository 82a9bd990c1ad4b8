using System.Text.Json;
using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>
/// Inputs and expected outputs in a folder: <c>input_0.pb</c>, <c>output_0.pb</c> in the model's order (ONNX's form), or .npy with an <c>io.json</c>
/// in the model's folder that names them; or files named after the inputs.
/// </summary>
/// <param name="Name">Of the folder below the model's; empty for the model's own.</param>
internal sealed record SavedCase(string Name, string Folder, Seq<string> InputNames, Seq<string> OutputNames)
{
    private static readonly string[] Endings = [".npy", ".pb", ".npz"];

    /// <summary>The cases of a model's folder: its own, and those of the folders directly in it.</summary>
    public static IReadOnlyList<SavedCase> Find(string folder)
    {
        var (inputs, outputs) = Names(folder);
        return [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Prepend(folder).Where(HoldsCase)
            .Select(f => new SavedCase(f == folder ? "" : System.IO.Path.GetFileName(f), f, inputs, outputs))];
    }

    /// <summary>The inputs in a folder.</summary>
    /// <exception cref="DiagnosticException">There is no such folder.</exception>
    public static SavedCase In(string folder)
    {
        if (!Directory.Exists(folder)) throw InputFault.NoFile(folder);
        var (inputs, outputs) = Names(folder);
        return new(System.IO.Path.GetFileName(folder), folder, inputs, outputs);
    }

    /// <summary>A tensor for every input, in the model's order.</summary>
    /// <exception cref="DiagnosticException">Everything that is missing or cannot be read.</exception>
    public Tensor[] Inputs(IReadOnlyList<Value> inputs)
    {
        if (Coded(inputs) is { Count: > 0 } coded)
        {
            // A state that the model has as codes was saved in numbers.
            List<Value> others = [.. inputs.Where(v => !coded.ContainsKey(v.Name))];
            var read = others.Zip(Inputs(others)).ToDictionary(p => p.First.Name, p => p.Second, StringComparer.Ordinal);
            return [.. inputs.Select(v => coded.TryGetValue(v.Name, out var part) ? part : read[v.Name])];
        }
        var files = inputs.Index().Select(v => File("input", v.Index, v.Item.Name, InputNames)).ToList();
        var missing = inputs.Zip(files).Where(p => p.Second is null).Select(p => new Diagnostic("LT5203", $"{Folder} holds no file for this input", p.First.Name)).ToList();
        if (missing.Count > 0) throw new DiagnosticException([.. missing]);
        return [.. inputs.Zip(files).Select(p => TensorFormat.Of(p.Second!).ReadOne(p.Second!, p.First, ImageOptions.Default))];
    }

    /// <summary>The parts of states whose numbers a file holds, and that have none themselves.</summary>
    private Dictionary<string, Tensor> Coded(IReadOnlyList<Value> inputs) =>
        CodedState.Of([.. inputs]).Where(state => state.Parts.All(part => !InputNames.Contains(part.Name)))
            .SelectMany(state => Input([], state.Numbers) is { } numbers ? state.Parts.Zip(state.Code(numbers)) : [])
            .ToDictionary(p => p.First.Name, p => p.Second, StringComparer.Ordinal);

    /// <summary>The tensor of one input; null where the folder has none.</summary>
    public Tensor? Input(IReadOnlyList<Value> inputs, Value input) =>
        Coded(inputs).TryGetValue(input.Name, out var part) ? part : File("input", inputs.ToList().IndexOf(input), input.Name, InputNames) is { } file ? TensorFormat.Of(file).ReadOne(file, input, ImageOptions.Default) : null;

    /// <summary>What each output should be, where a file says so; read as it was saved.</summary>
    public IEnumerable<(int Output, Tensor Expected)> Expected(IReadOnlyList<string> outputs, IReadOnlyList<Tensor> actual) =>
        from output in outputs.Index()
        let file = File("output", output.Index, output.Item, OutputNames)
        where file is not null
        let type = new TensorType([.. actual[output.Index].Shape.Select(d => (Expr)d)], actual[output.Index].Kind)
        select (output.Index, TensorFormat.Of(file).ReadOne(file, new(output.Item, type), ImageOptions.Default));

    /// <summary>The file of an input or output; null where there is none.</summary>
    /// <param name="kind">input or output.</param>
    public string? Path(string kind, int place, string name) => File(kind, place, name, kind == "input" ? InputNames : OutputNames);

    /// <summary>The file of a tensor: by its place in the list of names where there is one, else by its place in the model; or by its own name.</summary>
    private string? File(string kind, int place, string name, Seq<string> names)
    {
        var listed = names.ToList().IndexOf(name);
        string[] stems = [$"{kind}_{(listed >= 0 ? listed : place).ToString(CultureInfo.InvariantCulture)}", FileName.Of(name)];
        return stems.SelectMany(stem => Endings.Select(ending => System.IO.Path.Combine(Folder, stem + ending))).FirstOrDefault(System.IO.File.Exists);
    }

    private static bool HoldsCase(string folder) => Endings.Any(ending => System.IO.File.Exists(System.IO.Path.Combine(folder, "output_0" + ending)));

    private static (Seq<string> Inputs, Seq<string> Outputs) Names(string folder)
    {
        var path = System.IO.Path.Combine(folder, "io.json");
        if (!System.IO.File.Exists(path)) return ([], []);
        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(path));
        Seq<string> List(string name) => document.RootElement.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(e => e.GetString()!)] : [];
        return (List("inputs"), List("outputs"));
    }
}
