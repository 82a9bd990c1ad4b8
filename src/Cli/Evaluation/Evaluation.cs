using System.Text.Json;

namespace Lathe.Cli;

/// <summary>A model run over a data set: its output for each item.</summary>
/// <param name="data">Where the items are.</param>
/// <param name="limit">Most items; 0 for all.</param>
internal sealed class Evaluation(Session session, string data, ItemOptions options, int limit = 0)
{
    /// <summary>One run of the model.</summary>
    /// <param name="Items">What the input was given.</param>
    /// <param name="IsWhole">Whether that is one item, not a batch of them.</param>
    private readonly record struct Outcome(Tensor[] Outputs, Tensor Items, bool IsWhole);

    /// <summary>Runs the model over all items, for somebody who watches it. Items that a model of fixed batches has no batch for are left out.</summary>
    /// <returns>How many items there were.</returns>
    public int Run(RunnableModel model)
    {
        var count = 0L;
        foreach (var run in Runs(model, wholeBatches: true))
        {
            count += run.IsWhole || run.Items.Shape.Count == 0 ? 1 : run.Items.Shape[0];
            if (limit > 0 && count >= limit) break;
        }
        return checked((int)count);
    }

    private const int UsualBatch = 16;
    private const string StreamFile = "stream.json";

    /// <summary>What the model says of each item, in order: the output without its batch axis, and the item.</summary>
    /// <exception cref="DiagnosticException">LT53xx: data and model do not fit.</exception>
    /// <param name="from">The output; null for the first.</param>
    public IEnumerable<(Tensor Output, Tensor Item)> Answers(RunnableModel model, string? from = null)
    {
        var place = from is null ? 0 : model.Outputs.ToList().IndexOf(from);
        if (place < 0) throw InputFault.UnknownOutput(from!, model.Outputs);
        var all = Runs(model).SelectMany(run => run.IsWhole ? [(run.Outputs[place], run.Items)] : Apart(run.Outputs[place], run.Items));
        return limit > 0 ? all.Take(limit) : all;
    }

    /// <param name="wholeBatches">Whether items are left out that a model of fixed batches has no batch for.</param>
    private IEnumerable<Outcome> Runs(RunnableModel model, bool wholeBatches = false) =>
        Directory.Exists(data) && NumberedBatches.Find(data).Any() ? Batches(model)
        : Directory.Exists(data) && File.Exists(Path.Combine(data, StreamFile)) ? SavedStream(model)
        : options.State.Count > 0 ? Stream(model)
        : Sets(model, wholeBatches);

    /// <summary>Items that lie in batches already.</summary>
    private IEnumerable<Outcome> Batches(RunnableModel model)
    {
        var input = Target(model);
        foreach (var folder in NumberedBatches.Find(data))
        {
            session.Progress($"batch {Path.GetFileName(folder)}");
            var inputs = SavedCase.In(folder).Inputs(model.Inputs);
            yield return new(model.Run(inputs), inputs[input], false);
        }
    }

    private IEnumerable<Outcome> Sets(RunnableModel model, bool wholeBatches)
    {
        var (input, others) = (Target(model), Others(model));
        var wanted = model.Inputs[input];
        var items = ItemFormat.Read(data, wanted, options, limit);
        var size = options.Batch > 0 ? options.Batch : wanted.Type.Rank > 0 && wanted.Type.Shape[0] is Number n ? (int)n.Integer : UsualBatch;
        for (var i = 0; i < items.Count; i += size)
        {
            session.Progress($"item {i} of {items.Count}");
            var some = Enumerable.Range(i, Math.Min(size, items.Count - i)).Select(items.At).ToList();
            if (wholeBatches && some.Count < size && i > 0 && wanted.Type.Rank > 0 && wanted.Type.Shape[0] is Number) yield break;
            // An item with as many axes as the input is a whole run.
            var whole = some[0].Shape.Count == wanted.Type.Rank;
            if (whole && size > 1 && some.Count > 1)
            {
                foreach (var item in some) yield return new(Run(item), item, true);
                continue;
            }
            var batch = whole ? some[0] : FrameStream.Stack(some);
            yield return new(Run(batch), batch, whole);
        }

        Tensor[] Run(Tensor batch) => model.Run([.. model.Inputs.Select((v, i) => i == input ? batch : others(v) ?? StateFeeds.Start(model, v, null, StateFeeds.Known(wanted, batch)) ?? throw new DiagnosticException(InputFault.Missing(v)))]);
    }

    private IEnumerable<Outcome> Stream(RunnableModel model)
    {
        var wanted = model.Inputs[Target(model)];
        var items = ItemFormat.Read(data, wanted, options, limit);
        var frames = Enumerable.Range(0, items.Count).Select(i => items.At(i)).Select(item => item.Shape.Count == wanted.Type.Rank ? item : FrameStream.Stack([item]));
        return Framed(model, wanted.Name, options.State.ToDictionary(s => s.Input, s => s.Output, StringComparer.Ordinal), Others(model), frames);
    }

    /// <summary>A folder with <c>stream.json</c>: the array of frames, the input that takes them, states and where they are fed from, files of constant inputs.</summary>
    private IEnumerable<Outcome> SavedStream(RunnableModel model)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(data, StreamFile)));
        var root = document.RootElement;
        string? Text(string name) => root.TryGetProperty(name, out var e) ? e.GetString() : null;
        Dictionary<string, string> Map(string name) => root.TryGetProperty(name, out var map) ? map.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString(), StringComparer.Ordinal) : [];
        var (states, constants, saved, others) = (Map("states"), Map("const"), SavedCase.In(data), Others(model));
        var frames = FrameStream.Entries(Npy.Read(Path.Combine(data, Text("frames") ?? "stream_frames.npy")));
        return Framed(model, Text("input") ?? model.Inputs[Target(model)].Name, states,
            v => others(v) ?? (constants.TryGetValue(v.Name, out var file) ? NamedArray.Read(Path.Combine(data, file)) : saved.Input(model.Inputs, v)), frames);
    }

    private IEnumerable<Outcome> Framed(RunnableModel model, string input, Dictionary<string, string> states, Func<Value, Tensor?> start, IEnumerable<Tensor> frames)
    {
        // Frames are kept for the pairs, one at a time.
        Tensor? frame = null;
        foreach (var outputs in new FrameStream(model, input, states, start).Run(frames.Select(f => frame = f))) yield return new(outputs, frame!, true);
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
