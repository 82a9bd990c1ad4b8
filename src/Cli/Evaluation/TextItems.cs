using System.Text;
using System.Text.Json;

namespace Lathe.Cli;

/// <summary>A text cut into windows of characters, as the numbers that a vocabulary gives them; what does not fill a window is dropped.</summary>
internal sealed class TextItems : ItemFormat
{
    public override string Name => "a text (.txt)";
    public override bool Opens(string path) => File.Exists(path) && Path.GetExtension(path) == ".txt";

    public override Items Open(string path, Value wanted, ItemOptions options)
    {
        if (options.Vocab is null || options.Window < 1) throw new UsageException($"--data {path}: text needs --vocab FILE and --window N");
        var numbers = Vocabulary(options.Vocab);
        var ids = File.ReadAllText(path).EnumerateRunes().Select((rune, at) => numbers.TryGetValue(rune, out var id) ? id
            : throw new DiagnosticException(new Diagnostic("LT5308", $"character {at} of {Path.GetFileName(path)}, U+{rune.Value:X4}, is not in the vocabulary", options.Vocab))).ToArray();
        return new(ids.Length / options.Window, i => ItemTensor.Fit(Tensor.Of([options.Window], ids.AsSpan(i * options.Window, options.Window)), wanted, null));
    }

    /// <summary>The number of each character: a JSON string or list, alone or as the <c>chars</c> of an object; or a character a line.</summary>
    private static Dictionary<Rune, long> Vocabulary(string path)
    {
        var text = File.Exists(path) ? File.ReadAllText(path) : throw InputFault.NoFile(path);
        IEnumerable<string> all;
        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("chars", out var chars) ? chars : json.RootElement;
            all = root.ValueKind switch
            {
                JsonValueKind.String => [.. root.GetString()!.EnumerateRunes().Select(r => r.ToString())],
                JsonValueKind.Array => [.. root.EnumerateArray().Select(e => e.GetString() ?? "")],
                JsonValueKind.Object => [.. root.EnumerateObject().OrderBy(p => p.Value.GetInt64()).Select(p => p.Name)],
                _ => throw new JsonException(),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException) { all = text.TrimEnd('\n').Split('\n').Select(line => line.TrimEnd('\r')); }
        var numbers = new Dictionary<Rune, long>();
        foreach (var (i, entry) in all.Index())
            if (entry.EnumerateRunes().ToList() is [var only]) numbers.TryAdd(only, i);
        return numbers;
    }
}
