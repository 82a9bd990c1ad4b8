using System.Text.Json;
using System.Text.RegularExpressions;

namespace Lathe.ArtifactTests;

/// <summary>
/// A value against one definition of a JSON schema, by the words that <c>grammars/lathe-output.schema.json</c> uses. Stricter than the standard in one thing: a field that
/// the schema does not name is a fault, so that nothing is written that is not described.
/// </summary>
internal sealed class JsonSchema : IDisposable
{
    private static readonly HashSet<string> Words = ["description", "type", "properties", "required", "additionalProperties", "items", "enum", "const", "pattern", "minimum", "$ref"];

    private readonly JsonDocument document;
    private readonly HashSet<string> seen = [];

    public JsonSchema(string file) => document = JsonDocument.Parse(File.ReadAllText(file));

    public void Dispose() => document.Dispose();

    /// <summary>Names of its definitions.</summary>
    public IEnumerable<string> Definitions => document.RootElement.GetProperty("$defs").EnumerateObject().Select(d => d.Name);

    /// <summary>Fields that it describes and that no value so far had.</summary>
    public IEnumerable<string> Unseen => Definitions.SelectMany(d => Described(Definition(d), d)).Where(f => !seen.Contains(f));

    private static IEnumerable<string> Described(JsonElement schema, string at) =>
    [
        .. schema.TryGetProperty("properties", out var fields) ? fields.EnumerateObject().SelectMany(f => Described(f.Value, $"{at}.{f.Name}").Prepend($"{at}.{f.Name}")) : [],
        .. schema.TryGetProperty("items", out var item) ? Described(item, $"{at}[]") : [],
        .. schema.TryGetProperty("additionalProperties", out var others) && others.ValueKind == JsonValueKind.Object ? Described(others, $"{at}.*") : [],
    ];

    /// <summary>What does not fit, each with its place; empty where all does.</summary>
    public List<string> Check(string definition, JsonElement value)
    {
        var faults = new List<string>();
        Check(Definition(definition), value, definition, definition, faults);
        return faults;
    }

    private JsonElement Definition(string name) => document.RootElement.GetProperty("$defs").GetProperty(name);

    private void Check(JsonElement schema, JsonElement value, string at, string described, List<string> faults)
    {
        if (schema.EnumerateObject().Select(w => w.Name).FirstOrDefault(w => !Words.Contains(w)) is { } unknown) throw new NotSupportedException($"{at}: the schema says {unknown}, which is not looked at");
        if (schema.TryGetProperty("$ref", out var named))
        {
            var other = named.GetString()!["#/$defs/".Length..];
            Check(Definition(other), value, at, other, faults);
            return;
        }
        if (schema.TryGetProperty("type", out var type) && !Types(type).Any(t => Is(t, value))) faults.Add($"{at}: {value.ValueKind} is not of type {type}");
        if (schema.TryGetProperty("const", out var only) && !JsonElement.DeepEquals(only, value)) faults.Add($"{at}: {value} is not {only}");
        if (schema.TryGetProperty("enum", out var choices) && !choices.EnumerateArray().Any(c => JsonElement.DeepEquals(c, value))) faults.Add($"{at}: {value} is none of {choices}");
        if (schema.TryGetProperty("pattern", out var pattern) && value.ValueKind == JsonValueKind.String && !Regex.IsMatch(value.GetString()!, pattern.GetString()!, RegexOptions.CultureInvariant)) faults.Add($"{at}: {value} is not of the form {pattern}");
        if (schema.TryGetProperty("minimum", out var least) && value.ValueKind == JsonValueKind.Number && value.GetDouble() < least.GetDouble()) faults.Add($"{at}: {value} is less than {least}");
        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var item))
            foreach (var (i, element) in value.EnumerateArray().Index()) Check(item, element, $"{at}[{i}]", $"{described}[]", faults);
        if (value.ValueKind == JsonValueKind.Object) Fields(schema, value, at, described, faults);
    }

    private void Fields(JsonElement schema, JsonElement value, string at, string described, List<string> faults)
    {
        if (schema.TryGetProperty("required", out var required))
            faults.AddRange(required.EnumerateArray().Select(r => r.GetString()!).Where(r => !value.TryGetProperty(r, out _)).Select(r => $"{at}: {r} is missing"));
        foreach (var field in value.EnumerateObject())
            if (schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(field.Name, out var known))
            {
                seen.Add($"{described}.{field.Name}");
                Check(known, field.Value, $"{at}.{field.Name}", $"{described}.{field.Name}", faults);
            }
            else if (schema.TryGetProperty("additionalProperties", out var others)) Check(others, field.Value, $"{at}.{field.Name}", $"{described}.*", faults);
            else faults.Add($"{at}: {field.Name} is not described");
    }

    private static IEnumerable<string> Types(JsonElement type) => type.ValueKind == JsonValueKind.String ? [type.GetString()!] : type.EnumerateArray().Select(t => t.GetString()!);

    private static bool Is(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.GetDouble() % 1 == 0,
        _ => throw new NotSupportedException($"{type} is no type of JSON's"),
    };
}
