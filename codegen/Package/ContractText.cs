using System.Text.Json;
using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>Where an artifact came from; said in its contract. No clock and no path.</summary>
/// <param name="ModelHash">SHA-256 of the model's file.</param>
/// <param name="Recipe">The passes that ran, in the pipeline language or as named.</param>
/// <param name="Compiler">Lathe's version.</param>
public sealed record Provenance(string ModelHash = "", string Recipe = "", string Compiler = "", string Llvm = "")
{
    /// <summary>What decisions followed beside the model: a measured machine, data for calibration; each with a SHA-256.</summary>
    public Seq<(string Name, string Hash)> Inputs { get; init; } = [];

    /// <summary>What was measured on data; null where nothing was.</summary>
    public AccuracyClaim? Accuracy { get; init; }
}

/// <summary>The contract of an artifact as JSON: what it takes and gives, what it needs, where it came from.</summary>
public static class ContractText
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="memory">What was measured of the code; null where none was made.</param>
    public static string Print(ModelInterface model, string triple, string cpu, string levels, Provenance provenance, long weightBytes, string weightsHash, MemoryUse? memory)
    {
        var program = model.Program;
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Readable))
        {
            json.WriteStartObject();
            json.WriteString("name", model.Name);
            json.WriteNumber("abi", LatheHeader.Abi);
            json.WriteStartObject("provenance");
            json.WriteString("model_sha256", provenance.ModelHash);
            json.WriteString("recipe", provenance.Recipe);
            json.WriteString("compiler", provenance.Compiler);
            json.WriteString("llvm", provenance.Llvm);
            foreach (var (input, hash) in provenance.Inputs) json.WriteString($"{input}_sha256", hash);
            json.WriteEndObject();
            if (provenance.Accuracy is { } accuracy) Accuracy(json, accuracy);
            json.WriteStartObject("target");
            json.WriteString("triple", triple);
            json.WriteString("cpu", cpu);
            if (levels.Length > 0) json.WriteString("levels", levels);
            json.WriteEndObject();
            json.WriteStartArray("dims");
            foreach (var symbol in program.Symbols)
            {
                json.WriteStartObject();
                json.WriteString("name", symbol.Name);
                json.WriteNumber("min", symbol.Low);
                json.WriteNumber("max", symbol.High);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            Tensors(json, "inputs", program.Inputs);
            Tensors(json, "outputs", program.Outputs);
            json.WriteStartArray("kernels");
            foreach (var step in program.Steps.Calls)
            {
                json.WriteStartObject();
                json.WriteString("name", step.Name);
                json.WriteStartArray("nodes");
                foreach (var node in step.Info?.Nodes ?? []) json.WriteStringValue(node);
                json.WriteEndArray();
                json.WriteString("kernel", step.Kernel);
                json.WriteString("template", step.Info?.Template ?? "");
                json.WriteNumber("flops", Largest(step.Info?.Flops ?? 0));
                json.WriteNumber("bytes", Largest(step.Info?.Bytes ?? 0));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNumber("arena_bytes", Largest(program.ArenaBytes));
            json.WriteNumber("arena_lower_bound", Largest(program.LowerBound));
            json.WriteString("arena", program.ArenaBytes.ToString());
            if (memory is not null)
            {
                json.WriteStartObject("memory");
                json.WriteNumber("arena_bytes", Largest(program.ArenaBytes));
                json.WriteNumber("stack_bytes", memory.Stack);
                json.WriteNumber("code_bytes", memory.Code);
                json.WriteNumber("rodata_bytes", memory.Constants);
                json.WriteNumber("data_bytes", memory.Variables);
                json.WriteEndObject();
            }
            json.WriteNumber("weight_bytes", weightBytes);
            json.WriteString("weights_sha256", weightsHash);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void Accuracy(Utf8JsonWriter json, AccuracyClaim claim)
    {
        json.WriteStartObject("accuracy");
        json.WriteString("metric", claim.Metric);
        json.WriteNumber("value", claim.Value);
        json.WriteNumber("uncompressed", claim.Uncompressed);
        json.WriteNumber("items", claim.Items);
        json.WriteStartArray("protocol");
        foreach (var line in claim.Protocol) json.WriteStringValue(line);
        json.WriteEndArray();
        json.WriteString("data_sha256", claim.Hash);
        json.WriteEndObject();
    }

    private static void Tensors(Utf8JsonWriter json, string name, Seq<Value> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStartObject();
            json.WriteString("name", value.Name);
            json.WriteString("type", value.Type.Scalar.Text);
            json.WriteNumber("bits", value.Type.Scalar.Bits);
            json.WriteStartArray("shape");
            foreach (var extent in value.Type.Shape)
            {
                if (extent is Number n) json.WriteNumberValue(n.Integer);
                else json.WriteStringValue(extent is Symbol s ? s.Name : extent.ToString());
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>The value where known; where it depends on dimensions, its bound, or -1 where it has none to speak of.</summary>
    private static long Largest(Expr bytes) => bytes is Number n ? n.Integer : Linear.Range(bytes).High is var high and < 1L << 50 ? high : -1;
}
