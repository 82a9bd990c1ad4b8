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

    public static string Print(HostProgram program)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            Write(json, program);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    /// <exception cref="HostException">The text is no program, or one of a later version.</exception>
    public static HostProgram Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var version = document.RootElement.GetProperty("version").GetInt32();
            return version <= Version ? Read(document.RootElement) : throw new HostException($"a program of version {version}, this library knows up to {Version}");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException) { throw new HostException($"no program of the host: {e.Message}"); }
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
            // Reals always have a point, so that they are read back as such.
            case double real: json.WriteRawValue(double.IsFinite(real) ? Real(real) : $"\"{real.ToString(CultureInfo.InvariantCulture)}\"", true); break;
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

    private static string Real(double real) => real.ToString("R", CultureInfo.InvariantCulture) is var text && text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;

    private static HostProgram Read(JsonElement json) => new(Names(json, "inputs"), Names(json, "outputs"),
        json.TryGetProperty("constants", out var constants) ? constants.EnumerateObject().ToImmutableSortedDictionary(c => c.Name, c => (HostValue)Value(c.Value), StringComparer.Ordinal) : ImmutableSortedDictionary.Create<string, HostValue>(StringComparer.Ordinal),
        [.. json.GetProperty("steps").EnumerateArray().Select(Step)]);

    private static ImmutableArray<HostName> Names(JsonElement json, string what) => [.. json.GetProperty(what).EnumerateObject().Select(n => new HostName(n.Name, HostType.Parse(n.Value.GetString()!)))];

    private static HostStep Step(JsonElement json)
    {
        ImmutableArray<string> List(string name) => [.. json.GetProperty(name).EnumerateArray().Select(t => t.GetString()!)];
        string Text(string name) => json.TryGetProperty(name, out var text) ? text.GetString()! : "";
        if (Text("part") is { Length: > 0 } part) return new(part, null, List("inputs"), List("outputs"), HostStep.NoRegions);
        var attributes = json.TryGetProperty("attributes", out var all) ? all.EnumerateObject().ToImmutableSortedDictionary(a => a.Name, a => Value(a.Value), StringComparer.Ordinal) : HostNode.NoAttributes;
        var regions = json.EnumerateObject().Where(p => p.Name != "attributes" && p.Value.ValueKind == JsonValueKind.Object).ToImmutableSortedDictionary(p => p.Name, p => Read(p.Value), StringComparer.Ordinal);
        return new("", new(json.GetProperty("operator").GetString()!, Text("domain"), Text("node"), List("outputs").Length, attributes, HostNode.NoBodies), List("inputs"), List("outputs"), regions);
    }

    private static object Value(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String: return json.GetString()!;
            case JsonValueKind.Number: return json.TryGetInt64(out var whole) ? (object)whole : json.GetDouble();
            case JsonValueKind.Array:
                var items = json.EnumerateArray().Select(Value).ToList();
                return items.Count > 0 && items.TrueForAll(i => i is long) ? items.Select(i => (long)i).ToImmutableArray()
                    : items.Exists(i => i is double) ? items.Select(i => i is string word ? double.Parse(word, CultureInfo.InvariantCulture) : Convert.ToDouble(i, CultureInfo.InvariantCulture)).ToImmutableArray()
                    : (object)items.Select(i => (string)i).ToImmutableArray();
            default:
                var type = HostType.Parse(json.GetProperty("type").GetString()!);
                ImmutableArray<long> shape = [.. type.Dims!.Value.Select(d => long.Parse(d, CultureInfo.InvariantCulture))];
                return type.IsText ? new HostText(shape, [.. json.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!)]) : new HostTensor(type.Element, shape, json.GetProperty("bytes").GetBytesFromBase64());
        }
    }
}
