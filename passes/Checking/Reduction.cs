using Lathe.Ir;

namespace Lathe.Passes.Checking;

/// <summary>Makes a graph as small as it can be while it still shows a fault: cut to the value that is wrong first, then step by step turned into inputs.</summary>
/// <param name="part">Cuts parts.</param>
/// <param name="shows">Whether a graph on some inputs shows the fault.</param>
internal sealed class Reduction(Part part, Func<Graph, IReadOnlyList<Tensor>, bool> shows, CancellationToken cancellation)
{
    /// <summary>Values that are tried as the one output, in the order they are made.</summary>
    private const int MostHints = 4;

    /// <summary>Small weights that stand in the text as numbers need not become inputs.</summary>
    private const int FewNumbers = 8;

    private Seq<int> kept;
    private Seq<Value> outputs;
    private HashSet<Value> asInputs = [];
    private (Graph Graph, Tensor[] Inputs)? least;

    /// <summary>Operators of the whole.</summary>
    public int All => part.Steps.Count;

    /// <summary>Parts that were run.</summary>
    public int Tries { get; private set; }

    /// <param name="whole">Where nothing smaller shows the fault, this is what is left.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="hints">Names of values that differ, the first first.</param>
    public (Graph Graph, Tensor[] Inputs, int Operators) Least(Graph whole, IReadOnlyList<Tensor> inputs, IReadOnlyList<string> hints)
    {
        if (!Begin(whole, hints)) return (whole, [.. inputs], All);
        KeepLast();
        for (var before = -1; before != kept.Count;)
        {
            before = kept.Count;
            DropEach();
            MoveOutput();
        }
        WeightsAsInputs();
        return (least!.Value.Graph, least.Value.Inputs, kept.Count);
    }

    /// <summary>One output: the first value that is wrong, else one that the graph returns, else all.</summary>
    private bool Begin(Graph whole, IReadOnlyList<string> hints)
    {
        var all = Enumerable.Range(0, All).ToList();
        var values = part.Steps.SelectMany(s => s.Node.Results).ToDictionary(v => v.Name, StringComparer.Ordinal);
        var made = values.Values.ToHashSet();
        Seq<Value> own = [.. whole.Outputs.Where(made.Contains).Distinct()];
        IEnumerable<Seq<Value>> choices = [.. hints.Where(values.ContainsKey).Take(MostHints).Select(name => (Seq<Value>)[values[name]]), .. own.Select(v => (Seq<Value>)[v]), own];
        return choices.Any(choice => Take(part.Needed(all, choice), choice));
    }

    /// <summary>The last 1, 2, 4, … steps: a fault is mostly a local one.</summary>
    private void KeepLast()
    {
        var from = kept;
        for (var n = 1; n < from.Count; n *= 2)
            if (Take(part.Needed([.. from[^n..]], outputs), outputs)) return;
    }

    /// <summary>Each step in turn as an input.</summary>
    private void DropEach()
    {
        foreach (var step in kept)
            if (kept.Contains(step)) Take(part.Needed(kept.Where(i => i != step), outputs), outputs);
    }

    /// <summary>An inner value as the output, where less is needed for it.</summary>
    private void MoveOutput()
    {
        foreach (var value in kept.SkipLast(1).SelectMany(i => part.Steps[i].Node.Results).ToList())
            if (part.Needed(kept, [value]) is var fewer && fewer.Count < kept.Count && Take(fewer, [value])) return;
    }

    /// <summary>Large weights as inputs: the numbers of an input may be anybody's, and need no file.</summary>
    private void WeightsAsInputs()
    {
        foreach (var weight in least!.Value.Graph.Weights.Where(w => w.Type.IsStatic && w.Type.Count > FewNumbers).ToList())
        {
            part.Know(weight);
            asInputs.Add(weight);
            if (!Take(kept, outputs)) asInputs.Remove(weight);
        }
    }

    private bool Take(Seq<int> steps, Seq<Value> wanted)
    {
        cancellation.ThrowIfCancellationRequested();
        if (steps.Count == 0 || part.Cut(steps, wanted, asInputs) is not { } cut) return false;
        Tries++;
        if (!shows(cut.Graph, cut.Inputs)) return false;
        (kept, outputs, least) = (steps, wanted, cut);
        return true;
    }
}
