using System.Text.Json;

namespace Lathe.Cli;

/// <summary>Diagnostics as a SARIF 2.1.0 log. A node of a model has no place in a text, so it is a logical location.</summary>
internal static class DiagnosticSarif
{
    public static string Print(IReadOnlyList<Diagnostic> diagnostics) => JsonText.Print(json =>
    {
        json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "lathe");
        json.WriteString("version", EntryPoint.Version);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("results");
        foreach (var diagnostic in diagnostics) Result(json, diagnostic);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }, versioned: false);

    private static void Result(Utf8JsonWriter json, Diagnostic diagnostic)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", diagnostic.Code);
        json.WriteString("level", diagnostic.Severity.ToString().ToLowerInvariant());
        json.WriteStartObject("message");
        json.WriteString("text", diagnostic.Remedy == "" ? diagnostic.Message : $"{diagnostic.Message} ({diagnostic.Remedy})");
        json.WriteEndObject();
        if (diagnostic.Where != "")
        {
            json.WriteStartArray("locations");
            json.WriteStartObject();
            json.WriteStartArray("logicalLocations");
            json.WriteStartObject();
            json.WriteString("fullyQualifiedName", diagnostic.Where);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
