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
    /// <returns>For each frame the expected first output and the one that came.</returns>
    public IEnumerable<(Tensor Expected, Tensor Actual)> Run(RunnableModel model)
    {
        var (frames, expected) = (Npy.Read(Path.Combine(Folder, "stream_frames.npy")), Npy.Read(Path.Combine(Folder, "stream_expected.npy")));
        var inputs = model.Inputs.Select(Start).ToArray();
        var (place, outputs) = (model.Inputs.ToList().FindIndex(v => v.Name == Input), model.Outputs.ToList());
        if (place < 0) throw InputFault.Unknown(Input, [.. model.Inputs.Select(v => v.Name)]);
        for (var frame = 0L; frame < frames.Shape[0]; frame++)
        {
            inputs[place] = Slice(frames, frame);
            var results = model.Run(inputs);
            yield return (Slice(expected, frame), results[0]);
            foreach (var (i, input) in model.Inputs.Index())
                if (States.TryGetValue(input.Name, out var from)) inputs[i] = results[outputs.IndexOf(from)];
        }

        Tensor Start(Value input) => !Constants.TryGetValue(input.Name, out var value) ? Zeros(input.Type) : Tensor.Of(input.Type.Scalar, [.. input.Type.Shape.Select(e => e.Whole)], [.. Enumerable.Repeat(value, (int)input.Type.Count)]);
    }

    /// <summary>States have their extents; a dimension that is open in one is a batch of 1.</summary>
    private static Tensor Zeros(TensorType type) => Tensor.Zeros(type.Scalar, [.. type.Shape.Select(e => e is Number n ? n.Integer : 1)]);

    private static Tensor Slice(Tensor stacked, long index)
    {
        var shape = stacked.Shape.Slice(1, stacked.Shape.Count - 1);
        var bytes = stacked.Kind.Bytes(shape.Aggregate(1L, (size, extent) => size * extent));
        return new(stacked.Kind, shape, stacked.Bytes.Slice(index * bytes, bytes));
    }
}
