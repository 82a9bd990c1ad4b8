namespace Lathe.Cli;

/// <summary>Diagnostics as JSON: <c>{"version": 1, "diagnostics": [{"code", "severity", "where", "message", "remedy"}]}</c>.</summary>
internal static class DiagnosticJson
{
    public static string Print(IReadOnlyList<Diagnostic> diagnostics) => JsonText.Print(json =>
    {
        json.WriteStartArray("diagnostics");
        foreach (var diagnostic in diagnostics) Write(json, diagnostic);
        json.WriteEndArray();
    });

    public static void Write(System.Text.Json.Utf8JsonWriter json, Diagnostic diagnostic)
    {
        json.WriteStartObject();
        json.WriteString("code", diagnostic.Code);
        json.WriteString("severity", diagnostic.Severity.ToString().ToLowerInvariant());
        json.WriteString("where", diagnostic.Where);
        json.WriteString("message", diagnostic.Message);
        json.WriteString("remedy", diagnostic.Remedy);
        json.WriteEndObject();
    }
}
