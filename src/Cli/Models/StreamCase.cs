using System.Text.Json;

namespace Lathe.Cli;

/// <summary>
/// A saved run over a stream, in a model's folder: <c>stream.json</c> names the input that takes a frame, the states (inputs that are fed from an output,
/// all zero at first) and constant inputs; <c>stream_frames.npy</c> holds the frames, <c>stream_expected.npy</c> the first output for each.
/// </summary>
internal sealed record StreamCase(string Folder, string Input, IReadOnlyDictionary<string, string> States, IReadOnlyDictionary<string, double> Constants)
{
    private const string File = "stream.json";

    /// <summary>The stream of a folder; null where it has none.</summary>
    public static StreamCase? Find(string folder)
    {
        var path = Path.Combine(folder, File);
        if (!System.IO.File.Exists(path)) return null;
        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(path));
        var root = document.RootElement;
        Dictionary<string, T> Map<T>(string name, Func<JsonElement, T> read) => root.TryGetProperty(name, out var map) ? map.EnumerateObject().ToDictionary(p => p.Name, p => read(p.Value), StringComparer.Ordinal) : [];
        return new(folder, root.GetProperty("input").GetString()!, Map("states", e => e.GetString()!), Map("const", e => e.GetDouble()));
    }

    /// <summary>Runs frame after frame, states fed back.</summary>
    /// <returns>The first outputs of all frames along a new axis, as they are saved, and those that came.</returns>
    public (Tensor Expected, Tensor Actual) Run(RunnableModel model)
    {
        var (frames, expected) = (Npy.Read(Path.Combine(Folder, "stream_frames.npy")), Npy.Read(Path.Combine(Folder, "stream_expected.npy")));
        var outputs = new FrameStream(model, Input, States, Constant).Run(FrameStream.Entries(frames)).Select(all => all[0]).ToList();
        return (expected, outputs.Count == 0 ? throw new DiagnosticException(new Diagnostic("LT5305", "the stream has no frames", Folder, "stream_frames.npy holds the frames along its first axis")) : FrameStream.Stack(outputs));
    }

    private Tensor? Constant(Value input) => !Constants.TryGetValue(input.Name, out var value) ? null
        : Tensor.Of(input.Type.Scalar, [.. input.Type.Shape.Select(e => e.Whole)], [.. Enumerable.Repeat(value, (int)input.Type.Count)]);
}
