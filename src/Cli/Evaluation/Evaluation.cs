using System.Text.Json;

namespace Lathe.Cli;

/// <summary>A model run over a data set: its output for each item.</summary>
internal sealed class Evaluation(Session session, DataOptions options)
{
    private const int UsualBatch = 16;
    private const string StreamFile = "stream.json";

    /// <summary>What the model says of each item, in order: the output without its batch axis, and the item.</summary>
    /// <exception cref="DiagnosticException">LT53xx: data and model do not fit.</exception>
    public IEnumerable<(Tensor Output, Tensor Item)> Answers(RunnableModel model)
    {
        var place = options.From is null ? 0 : model.Outputs.ToList().IndexOf(options.From);
        if (place < 0) throw InputFault.UnknownOutput(options.From!, model.Outputs);
        var all = Directory.Exists(options.Data) && NumberedBatches.Find(options.Data).Any() ? Batches(model, place)
            : Directory.Exists(options.Data) && File.Exists(Path.Combine(options.Data, StreamFile)) ? SavedStream(model, place)
            : options.State.Count > 0 ? Stream(model, place)
            : Sets(model, place);
        return options.Limit > 0 ? all.Take(options.Limit) : all;
    }

    /// <summary>Items that lie in batches already.</summary>
    private IEnumerable<(Tensor, Tensor)> Batches(RunnableModel model, int place)
    {
        var input = Target(model);
        foreach (var folder in NumberedBatches.Find(options.Data))
        {
            session.Progress($"batch {Path.GetFileName(folder)}");
            var inputs = SavedCase.In(folder).Inputs(model.Inputs);
            foreach (var pair in Apart(model.Run(inputs)[place], inputs[input])) yield return pair;
        }
    }

    private IEnumerable<(Tensor, Tensor)> Sets(RunnableModel model, int place)
    {
        var (input, others) = (Target(model), Others(model));
        var wanted = model.Inputs[input];
        var items = ItemFormat.Read(wanted, options);
        var size = options.Batch > 0 ? options.Batch : wanted.Type.Rank > 0 && wanted.Type.Shape[0] is Number n ? (int)n.Integer : UsualBatch;
        for (var i = 0; i < items.Count; i += size)
        {
            session.Progress($"item {i} of {items.Count}");
            var some = Enumerable.Range(i, Math.Min(size, items.Count - i)).Select(items.At).ToList();
            // An item with as many axes as the input is a whole run.
            var whole = some[0].Shape.Count == wanted.Type.Rank;
            if (whole && size > 1 && some.Count > 1)
            {
                foreach (var item in some) yield return (Run(item), item);
                continue;
            }
            var batch = whole ? some[0] : FrameStream.Stack(some);
            if (whole) yield return (Run(batch), batch);
            else foreach (var pair in Apart(Run(batch), batch)) yield return pair;
        }

        Tensor Run(Tensor batch) => model.Run([.. model.Inputs.Select((v, i) => i == input ? batch : others(v) ?? throw new DiagnosticException(InputFault.Missing(v)))])[place];
    }

    private IEnumerable<(Tensor, Tensor)> Stream(RunnableModel model, int place)
    {
        var wanted = model.Inputs[Target(model)];
        var items = ItemFormat.Read(wanted, options);
        var frames = Enumerable.Range(0, items.Count).Select(i => items.At(i)).Select(item => item.Shape.Count == wanted.Type.Rank ? item : FrameStream.Stack([item]));
        return Framed(model, place, wanted.Name, options.State.ToDictionary(s => s.Input, s => s.Output, StringComparer.Ordinal), Others(model), frames);
    }

    /// <summary>A folder with <c>stream.json</c>: the array of frames, the input that takes them, states and where they are fed from, files of constant inputs.</summary>
    private IEnumerable<(Tensor, Tensor)> SavedStream(RunnableModel model, int place)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(options.Data, StreamFile)));
        var root = document.RootElement;
        string? Text(string name) => root.TryGetProperty(name, out var e) ? e.GetString() : null;
        Dictionary<string, string> Map(string name) => root.TryGetProperty(name, out var map) ? map.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString(), StringComparer.Ordinal) : [];
        var (states, constants, saved, others) = (Map("states"), Map("const"), SavedCase.In(options.Data), Others(model));
        var frames = FrameStream.Entries(Npy.Read(Path.Combine(options.Data, Text("frames") ?? "stream_frames.npy")));
        return Framed(model, place, Text("input") ?? model.Inputs[Target(model)].Name, states,
            v => others(v) ?? (constants.TryGetValue(v.Name, out var file) ? NamedArray.Read(Path.Combine(options.Data, file)) : saved.Input(model.Inputs, v)), frames);
    }

    private IEnumerable<(Tensor, Tensor)> Framed(RunnableModel model, int place, string input, Dictionary<string, string> states, Func<Value, Tensor?> start, IEnumerable<Tensor> frames)
    {
        // Frames are kept for the pairs, one at a time.
        Tensor? frame = null;
        foreach (var outputs in new FrameStream(model, input, states, start).Run(frames.Select(f => frame = f))) yield return (outputs[place], frame!);
    }

    private int Target(RunnableModel model)
    {
        var names = model.Inputs.Select(v => v.Name).ToList();
        var place = options.To is null ? 0 : names.IndexOf(options.To);
        return place >= 0 && place < names.Count ? place : throw InputFault.Unknown(options.To ?? "", names);
    }

    /// <summary>The inputs that are the same for all items.</summary>
    private Func<Value, Tensor?> Others(RunnableModel model)
    {
        var given = options.Input.ToDictionary(f => f.Name, f => f, StringComparer.Ordinal);
        if (given.Keys.FirstOrDefault(name => model.Inputs.All(v => v.Name != name)) is { } unknown) throw InputFault.Unknown(unknown, [.. model.Inputs.Select(v => v.Name)]);
        var read = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        return v => !given.TryGetValue(v.Name, out var file) ? null : read.TryGetValue(v.Name, out var known) ? known : read[v.Name] = TensorFormat.Of(file.Path).ReadOne(file.Path, v, ImageOptions.Default);
    }

    private static IEnumerable<(Tensor, Tensor)> Apart(Tensor output, Tensor batch)
    {
        if (output.Shape.Count == 0 || batch.Shape.Count == 0 || output.Shape[0] != batch.Shape[0])
            throw new DiagnosticException(new Diagnostic("LT5313", $"the output is {output} for a batch that is {batch}", "", "the first axis of an output that is judged counts the items; --batch 1 takes outputs whole where items have the input's axes"));
        return FrameStream.Entries(output).Zip(FrameStream.Entries(batch));
    }
}
