namespace Lathe.Cli;

/// <summary>A run over a stream: frame after frame goes to one input, states are fed back from outputs, all other inputs stay.</summary>
/// <param name="input">Takes the frames.</param>
/// <param name="states">Inputs and the outputs they are fed from.</param>
/// <param name="start">What another input holds at first, or always; a state that it does not know starts with zeros, or with no places where runs add to them.</param>
internal sealed class FrameStream(RunnableModel model, string input, IReadOnlyDictionary<string, string> states, Func<Value, Tensor?> start)
{
    /// <summary>All outputs for each frame.</summary>
    /// <exception cref="DiagnosticException">An input or output that the model lacks; an input that nothing is given for.</exception>
    public IEnumerable<Tensor[]> Run(IEnumerable<Tensor> frames)
    {
        var names = model.Inputs.Select(v => v.Name).ToList();
        var (place, outputs) = (names.IndexOf(input), model.Outputs.ToList());
        if (place < 0) throw InputFault.Unknown(input, names);
        var (feeds, inputs) = (StateFeeds.Of(model, states), (Tensor?[]?)null);
        foreach (var frame in frames)
        {
            inputs ??= [.. model.Inputs.Select(v => v.Name == input ? null : start(v) ?? (feeds.TryGetValue(v.Name, out var fed) ? StateFeeds.Start(model, v, fed, StateFeeds.Known(model.Inputs[place], frame)) : throw new DiagnosticException(InputFault.Missing(v))))];
            inputs[place] = frame;
            var results = model.Run(inputs!);
            yield return results;
            foreach (var (i, name) in names.Index())
                if (feeds.TryGetValue(name, out var from)) inputs[i] = results[outputs.IndexOf(from)];
        }
    }

    /// <summary>The entries of the first axis, without it.</summary>
    public static IEnumerable<Tensor> Entries(Tensor stacked)
    {
        if (stacked.Shape.Count == 0) throw new DiagnosticException(new Diagnostic("LT5303", "a single number is given where frames or items are wanted", "", "stack them along the first axis"));
        for (var i = 0L; i < stacked.Shape[0]; i++) yield return Entry(stacked, i);
    }

    public static Tensor Entry(Tensor stacked, long index)
    {
        var shape = stacked.Shape.Slice(1, stacked.Shape.Count - 1);
        var bytes = stacked.Kind.Bytes(shape.Aggregate(1L, (size, extent) => size * extent));
        return new(stacked.Kind, shape, stacked.Bytes.Slice(index * bytes, bytes));
    }

    /// <summary>Entries of one kind and shape along a new first axis.</summary>
    /// <exception cref="DiagnosticException">LT5304: they are not alike.</exception>
    public static Tensor Stack(IReadOnlyList<Tensor> entries)
    {
        var first = entries[0];
        if (entries.FirstOrDefault(e => e.Kind != first.Kind || e.Shape != first.Shape) is { } other)
            throw new DiagnosticException(new Diagnostic("LT5304", $"{first} and {other} cannot lie in one batch", "", "give them one at a time: --batch 1"));
        var bytes = (int)first.Kind.Bytes(first.Count);
        var all = new byte[checked(bytes * entries.Count)];
        foreach (var (i, entry) in entries.Index()) entry.Bytes.Span(0, bytes).CopyTo(all.AsSpan(i * bytes));
        return new(first.Kind, [entries.Count, .. first.Shape], Bytes.Of(all));
    }
}
