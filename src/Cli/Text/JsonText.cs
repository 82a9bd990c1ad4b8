using System.Text.Encodings.Web;
using System.Text.Json;

namespace Lathe.Cli;

/// <summary>JSON that other programs read: an object that says which version of its form it follows.</summary>
internal static class JsonText
{
    /// <summary>Rises when a field goes or changes its meaning; new fields leave it.</summary>
    private const int Version = 1;

    private static readonly JsonWriterOptions Readable = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Print(Action<Utf8JsonWriter> fields, bool versioned = true)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Readable))
        {
            json.WriteStartObject();
            if (versioned) json.WriteNumber("version", Version);
            fields(json);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    /// <summary>A number, or null where JSON has no word for it: infinities and not-a-number.</summary>
    public static void WriteReal(this Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    public static void WriteList<T>(this Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items) write(item);
        json.WriteEndArray();
    }

    public static void WriteObjects<T>(this Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> fields) => json.WriteList(name, items, item =>
    {
        json.WriteStartObject();
        fields(item);
        json.WriteEndObject();
    });
}
