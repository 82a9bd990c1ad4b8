using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>Which inputs of a model are fed from which outputs, run after run, and what they hold before the first.</summary>
internal static class StateFeeds
{
    /// <summary>Pairs as they are said, for a model: <c>past_*=present_*</c> is every input that fits, and a state that the model has as codes is all its parts.</summary>
    /// <exception cref="DiagnosticException">An input or output that the model lacks.</exception>
    public static Dictionary<string, string> Of(RunnableModel model, IEnumerable<KeyValuePair<string, string>> said)
    {
        var (inputs, outputs, all) = (model.Inputs.Select(v => v.Name).ToList(), model.Outputs.ToList(), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var (input, output) in said)
        {
            var pairs = Matches(input, output, inputs).ToList();
            if (pairs.Count == 0) throw InputFault.Unknown(input, inputs);
            foreach (var (into, from) in pairs)
                all[into] = outputs.Contains(from) ? from : throw InputFault.UnknownOutput(from, outputs);
        }
        return all;
    }

    private static IEnumerable<(string Input, string Output)> Matches(string input, string output, List<string> inputs)
    {
        if (inputs.Contains(input)) return [(input, output)];
        if (CodedState.Endings.Where(part => inputs.Contains(input + part)).ToList() is { Count: > 0 } parts) return parts.Select(part => (input + part, output + part));
        if (input.Split('*') is not [var head, var tail] || output.Split('*') is not [var before, var behind]) return [];
        // A part of a state is called as the state is, and what it is behind that.
        return from name in inputs
               let part = CodedState.Endings.FirstOrDefault(ending => name.EndsWith(ending, StringComparison.Ordinal)) ?? ""
               from ending in part == "" ? (string[])[""] : ["", part]
               let state = name[..^ending.Length]
               where state.Length >= head.Length + tail.Length && state.StartsWith(head, StringComparison.Ordinal) && state.EndsWith(tail, StringComparison.Ordinal)
               select (name, before + state[head.Length..^tail.Length] + behind + ending);
    }

    /// <summary>
    /// What a state holds before the first run: zeros; none at all along an axis that runs add places to. Null where the input is none of the kind
    /// that a model leaves longer than it takes it, and <paramref name="fed"/> does not say that it is a state.
    /// </summary>
    /// <param name="fed">The output that it is fed from; null: any that it fits.</param>
    /// <param name="known">Extents that other inputs decide, by name.</param>
    public static Tensor? Start(RunnableModel model, Value input, string? fed, IReadOnlyDictionary<string, long> known)
    {
        var grown = model.OutputShapes.Where((_, i) => fed is null || model.Outputs[i] == fed).Select(shape => Grown(input.Type.Shape, shape)).FirstOrDefault(axis => axis is not null);
        if (fed is null && grown is null) return null;
        // A dimension that nothing decides is a batch of 1.
        return Tensor.Zeros(input.Type.Scalar, [.. input.Type.Shape.Select((extent, axis) => axis == grown ? 0 : extent is Number n ? n.Integer : extent is Symbol symbol && known.TryGetValue(symbol.Name, out var size) ? size : 1)]);
    }

    /// <summary>The only axis along which an output has an open extent and more behind it.</summary>
    private static int? Grown(Seq<Expr> input, Seq<string> output)
    {
        if (input.Count != output.Count) return null;
        var other = input.Index().Where(p => p.Item.ToString() != output[p.Index]).ToList();
        return other is [(var axis, Symbol symbol)] && output[axis].Split(" + ").Contains(symbol.Name) ? axis : null;
    }

    /// <summary>What the extents of inputs are, as far as given ones say.</summary>
    public static Dictionary<string, long> Known(Value input, Tensor given) =>
        input.Type.Shape.Zip(given.Shape).Where(p => p.First is Symbol).GroupBy(p => ((Symbol)p.First).Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Second, StringComparer.Ordinal);
}
