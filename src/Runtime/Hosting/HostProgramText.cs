using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Lathe.Runtime.Hosting;

/// <summary>Programs of the host as JSON, and back.</summary>
public static class HostProgramText
{
    /// <summary>The version that is written; a later one is refused.</summary>
    public const int Version = 1;

    /// <summary>How deep objects and lists may lie in one another; graphs in an ONNX file, whose messages nest at most 100 deep, stay below it.</summary>
    private const int MaxDepth = 256;

    public static string Print(HostProgram program)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            Write(json, program);
            json.WriteEndObject();
        }
        // The same bytes on every system; inside of strings ends of lines are escaped.
        return Encoding.UTF8.GetString(stream.ToArray()).Replace("\r\n", "\n", StringComparison.Ordinal) + "\n";
    }

    /// <exception cref="HostException">The text is no program, or one of a later version.</exception>
    public static HostProgram Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new() { MaxDepth = MaxDepth });
            var version = document.RootElement.GetProperty("version").GetInt32();
            return version is >= 1 and <= Version ? Read(document.RootElement) : throw new HostException($"a program of version {version}, this library knows up to {Version}");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or ArgumentException) { throw new HostException($"no program of the host: {e.Message}"); }
    }

    private static void Write(Utf8JsonWriter json, HostProgram program)
    {
        Names("inputs", program.Inputs);
        Names("outputs", program.Outputs);
        if (program.Constants.Count > 0)
        {
            json.WriteStartObject("constants");
            foreach (var (name, value) in program.Constants)
            {
                json.WritePropertyName(name);
                Write(json, value);
            }
            json.WriteEndObject();
        }
        json.WriteStartArray("steps");
        foreach (var step in program.Steps) Write(json, step);
        json.WriteEndArray();

        void Names(string what, ImmutableArray<HostName> names)
        {
            json.WriteStartObject(what);
            foreach (var (name, type) in names) json.WriteString(name, type.ToString());
            json.WriteEndObject();
        }
    }

    private static void Write(Utf8JsonWriter json, HostStep step)
    {
        json.WriteStartObject();
        if (step.Node is null) json.WriteString("part", step.Part);
        else
        {
            json.WriteString("operator", step.Node.Operator);
            if (step.Node.Domain != "") json.WriteString("domain", step.Node.Domain);
            if (step.Node.Name != "") json.WriteString("node", step.Node.Name);
        }
        Texts(json, "inputs", step.Inputs);
        Texts(json, "outputs", step.Outputs);
        if (step.Node is { Attributes.Count: > 0 })
        {
            json.WriteStartObject("attributes");
            foreach (var (name, value) in step.Node.Attributes)
            {
                json.WritePropertyName(name);
                Write(json, value);
            }
            json.WriteEndObject();
        }
        foreach (var (name, region) in step.Regions)
        {
            json.WriteStartObject(name);
            Write(json, region);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case string text: json.WriteStringValue(text); break;
            case long whole: json.WriteNumberValue(whole); break;
            // Reals always have a point, so that they are read back as such; those that JSON has no number for are marked.
            case double real when double.IsFinite(real): json.WriteRawValue(Real(real), true); break;
            case double real:
                json.WriteStartObject();
                json.WriteString(OneReal, Special(real));
                json.WriteEndObject();
                break;
            case ImmutableArray<double> reals when reals.Any(r => !double.IsFinite(r)):
                json.WriteStartObject();
                json.WriteStartArray(Reals);
                foreach (var real in reals)
                    if (double.IsFinite(real)) json.WriteRawValue(Real(real), true);
                    else json.WriteStringValue(Special(real));
                json.WriteEndArray();
                json.WriteEndObject();
                break;
            case HostTensor tensor:
                json.WriteStartObject();
                json.WriteString("type", tensor.Type.ToString());
                json.WriteBase64String("bytes", tensor.Bytes);
                json.WriteEndObject();
                break;
            case HostText text:
                json.WriteStartObject();
                json.WriteString("type", text.Type.ToString());
                Texts(json, "texts", text.Elements);
                json.WriteEndObject();
                break;
            default:
                json.WriteStartArray();
                foreach (var item in (System.Collections.IEnumerable)value) Write(json, item);
                json.WriteEndArray();
                break;
        }
    }

    /// <summary>Marks of reals that are no numbers of JSON.</summary>
    private const string OneReal = "real", Reals = "reals";

    private static string Special(double real) => real.ToString(CultureInfo.InvariantCulture);

    private static string Real(double real) => real.ToString("R", CultureInfo.InvariantCulture) is var text && text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;

    private static HostProgram Read(JsonElement json)
    {
        var inputs = Names(json, "inputs");
        if (inputs.GroupBy(i => i.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { Key: var twice }) throw new HostException($"two inputs are called {twice}");
        return new(inputs, Names(json, "outputs"), json.TryGetProperty("constants", out var constants) ? Table(constants.EnumerateObject(), Constant) : Table([], Constant), [.. json.GetProperty("steps").EnumerateArray().Select(Step)]);
    }

    /// <summary>Names in order; an output may stand there twice.</summary>
    private static ImmutableArray<HostName> Names(JsonElement json, string what) => [.. json.GetProperty(what).EnumerateObject().Select(n => new HostName(n.Name, HostType.Parse(Text(n.Value))))];

    private static ImmutableSortedDictionary<string, T> Table<T>(IEnumerable<JsonProperty> properties, Func<JsonElement, T> read)
    {
        var table = ImmutableSortedDictionary.CreateBuilder<string, T>(StringComparer.Ordinal);
        foreach (var property in properties)
            if (!table.TryAdd(property.Name, read(property.Value))) throw new HostException($"{property.Name} stands there twice");
        return table.ToImmutable();
    }

    private static HostStep Step(JsonElement json)
    {
        ImmutableArray<string> List(string name) => Texts(json.GetProperty(name));
        string Optional(string name) => json.TryGetProperty(name, out var text) ? Text(text) : "";
        if (Optional("part") is { Length: > 0 } part) return new(part, null, List("inputs"), List("outputs"), HostStep.NoRegions);
        var attributes = json.TryGetProperty("attributes", out var all) ? Table(all.EnumerateObject(), Value) : HostNode.NoAttributes;
        var regions = Table(json.EnumerateObject().Where(p => p.Name != "attributes" && p.Value.ValueKind == JsonValueKind.Object), Read);
        return new("", new(Text(json.GetProperty("operator")), Optional("domain"), Optional("node"), List("outputs").Length, attributes, HostNode.NoBodies), List("inputs"), List("outputs"), regions);
    }

    private static string Text(JsonElement json) => json.GetString() ?? throw new HostException("a text is null");

    private static ImmutableArray<string> Texts(JsonElement json) => [.. json.EnumerateArray().Select(Text)];

    private static HostValue Constant(JsonElement json) => Value(json) as HostValue ?? throw new HostException("a constant is no tensor");

    private static object Value(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => Text(json),
        JsonValueKind.Number => json.TryGetInt64(out var whole) ? (object)whole : json.GetDouble(),
        JsonValueKind.Array => List([.. json.EnumerateArray()]),
        _ when json.TryGetProperty(OneReal, out var real) => AnyReal(real),
        _ when json.TryGetProperty(Reals, out var reals) => reals.EnumerateArray().Select(AnyReal).ToImmutableArray(),
        _ => Tensor(json),
    };

    private static object List(ImmutableArray<JsonElement> items) =>
        items.IsEmpty || items.Any(i => i.ValueKind != JsonValueKind.Number) ? items.Select(Text).ToImmutableArray()
        : items.All(i => i.TryGetInt64(out _)) ? items.Select(i => i.GetInt64()).ToImmutableArray() : (object)items.Select(i => i.GetDouble()).ToImmutableArray();

    private static double AnyReal(JsonElement json) => json.ValueKind == JsonValueKind.Number ? json.GetDouble() : Text(json) switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        var other => throw new HostException($"{other} is no real number"),
    };

    private static HostValue Tensor(JsonElement json)
    {
        var type = HostType.Parse(Text(json.GetProperty("type")));
        if (type is not { Form: HostForm.Tensor or HostForm.Text, Dims: { } dims }) throw new HostException($"a value cannot be of the type {type}");
        ImmutableArray<long> shape = [.. dims.Select(d => long.TryParse(d, NumberStyles.None, CultureInfo.InvariantCulture, out var extent) ? extent : throw new HostException($"{type}: {d} is no extent of a value"))];
        return type.IsText ? new HostText(shape, Texts(json.GetProperty("texts"))) : new HostTensor(type.Element, shape, json.GetProperty("bytes").GetBytesFromBase64());
    }
}
