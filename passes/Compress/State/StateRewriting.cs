using System.Globalization;
using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes;

/// <summary>A graph whose states are codes: inputs and outputs, and the steps between them.</summary>
internal sealed class StateRewriting
{
    private readonly Graph graph;
    private readonly Uniform format;
    private readonly Dictionary<Value, int> reached;
    private readonly Compilation compilation;
    private readonly HashSet<Value> inputs;
    private readonly Dictionary<Value, CodedValue> coded = [];
    private readonly Dictionary<Value, (IReadOnlyList<Value> Moved, List<Value> Added)> moves = [];

    /// <param name="states">Inputs that become codes, and the axis of their rows.</param>
    /// <param name="reached">All values that do.</param>
    public StateRewriting(Graph graph, Uniform format, Dictionary<Value, int> states, Dictionary<Value, int> reached, Compilation compilation)
    {
        (this.graph, this.format, this.reached, this.compilation) = (graph, format, reached, compilation);
        inputs = [.. states.Keys.Where(reached.ContainsKey)];
        Result = Rewrite();
    }

    public Graph Result { get; }

    private StateCoding Coding(Value value, int channel) => new(format, channel, value.Type.Shape[channel].Whole);

    private Graph Rewrite()
    {
        foreach (var input in inputs)
        {
            Seq<Value> parts = [.. Coding(input, reached[input]).Types(input.Type).Select(t => new Value($"{input.Name}.{t.Name}", t.Type))];
            coded[input] = new(parts[0], parts[1], parts.Count > 2 ? parts[2] : null);
        }
        var build = new GraphBuilder(graph.Name, graph.Inputs.SelectMany(v => inputs.Contains(v) ? coded[v].Parts : [v]));
        foreach (var guard in graph.Guards) build.Check(guard);
        foreach (var input in inputs) Decoded(build, input);
        foreach (var node in graph.Nodes)
        {
            if (node.Results is not [var result] || !reached.TryGetValue(result, out var channel))
            {
                build.Add(Read(node));
                continue;
            }
            var (moved, added) = (StateMoves.Of(node, channel)!, new List<Value>());
            foreach (var operand in moved.Where(v => !coded.ContainsKey(v)))
            {
                coded[operand] = Coding(operand, channel).Encode(build, operand);
                added.Add(operand);
            }
            moves[result] = (moved, added);
            var names = Coding(result, channel).Types(result.Type);
            var parts = names.Index().Select(part => build.Add($"{result.Name}.{part.Item.Name}", node.Op, [.. node.Operands.Select(v => v is not null && moved.Contains(v) ? coded[v].Parts.ElementAt(part.Index) : v)])).ToList();
            coded[result] = new(parts[0], parts[1], parts.Count > 2 ? parts[2] : null);
            Decoded(build, result);
        }
        return build.Return([.. graph.Outputs.SelectMany(v => reached.ContainsKey(v) ? coded[v].Parts : [v])]);
    }

    /// <summary>The step that reads a value back, where anything but a move needs its numbers.</summary>
    private void Decoded(GraphBuilder build, Value value)
    {
        if (graph.Readers[value].Any(node => node is not null && !Moves(node, value) && NeedsNumbers(node))) build.Add(Coding(value, reached[value]).Decode(coded[value], value));
    }

    private bool Moves(Node node, Value value) => node.Results is [var result] && reached.TryGetValue(result, out var channel) && StateMoves.Of(node, channel)!.Contains(value);

    /// <summary>Whether it reads more than the shape. Others that read no number may read the kind.</summary>
    private static bool NeedsNumbers(Node node) => node.Op is not (Ir.Ops.Shape or Size);

    /// <summary>A step that asks for a shape asks the codes.</summary>
    private Node Read(Node node) => node.Map(v => reached.ContainsKey(v) && !NeedsNumbers(node) ? coded[v].Codes : v);

    /// <summary>What storing states so did, each output that is one; and in notes what it did to the model's outputs.</summary>
    public IReadOnlyList<StateLoss> Losses(string pass)
    {
        var watched = Watched();
        var seen = compilation.Watcher?.Invoke(watched, [.. moves.Values.SelectMany(m => m.Added), .. watched.Outputs.Skip(graph.Outputs.Count)]) ?? [];
        if (seen.Count > 0) OutputChange.Note(pass, graph, FromNumbers(), compilation);
        return [.. graph.Outputs.Where(moves.ContainsKey).Select(output =>
        {
            var (input, added) = (Source(output)!, Added(output).Distinct().ToList());
            var (numbers, grows) = Place(input, output);
            var coding = Coding(output, reached[output]);
            var loss = new StateLoss(input.Name, output.Name, format.ToString(), grows, numbers * 4, (coding.Bits(numbers) + 7) / 8) { Error = Error(seen, 0, added), UnseenError = Error(seen, 1, added) };
            compilation.Notes.Add(pass, output.Name, string.Create(CultureInfo.InvariantCulture, $"{input} and {output} are {format}: {loss.BytesBefore} to {loss.BytesAfter} bytes{(grows ? " a token" : "")}{(loss.Error is { } e ? $", what a run adds is off by {e:0.0E+0} of its mean square" : "")}{(loss.UnseenError is { } u ? $" ({u:0.0E+0} on unseen data)" : "")}"));
            return loss;
        })];
    }

    private static double? Error(IReadOnlyList<Calibration> seen, int which, List<Value> added)
    {
        if (seen.Count <= which) return null;
        double off = 0, whole = 0;
        foreach (var value in added)
            if (seen[which].Of(value.Name) is { } x && seen[which].Of(value.Name + Change) is { } change)
                (off, whole) = (off + (change.Variance + change.Mean * change.Mean) * change.Count, whole + (x.Variance + x.Mean * x.Mean) * x.Count);
        return whole == 0 ? null : off / whole;
    }

    private const string Change = ".change";

    /// <summary>The graph as it was, and how far codes of what is added to states are off.</summary>
    private Graph Watched()
    {
        var build = new GraphBuilder(graph.Name, graph.Inputs);
        foreach (var guard in graph.Guards) build.Check(guard);
        foreach (var node in graph.Nodes) build.Add(node);
        var changes = moves.SelectMany(m => m.Value.Added.Select(v => (Value: v, Channel: reached[m.Key]))).DistinctBy(p => p.Value).Select(p => build.Add(p.Value.Name + Change, new Sub(), p.Value, ReadBack(build, p.Value, p.Channel))).ToList();
        return build.Return([.. graph.Outputs, .. changes]);
    }

    private Value ReadBack(GraphBuilder build, Value value, int channel)
    {
        var coding = Coding(value, channel);
        return build.Add(coding.Decode(coding.Encode(build, value), new($"{value.Name}.read", value.Type))).Result;
    }

    /// <summary>The same graph between numbers: states are coded where they come in and read back where they leave.</summary>
    private Graph FromNumbers()
    {
        var build = new GraphBuilder(graph.Name, graph.Inputs);
        foreach (var guard in Result.Guards) build.Check(guard);
        var made = new Dictionary<Value, Value>();
        foreach (var input in graph.Inputs.Where(reached.ContainsKey))
            foreach (var (inside, outside) in coded[input].Parts.Zip(Coding(input, reached[input]).Encode(build, input).Parts)) made[inside] = outside;
        foreach (var node in Result.Nodes) build.Add(node.Map(v => made.GetValueOrDefault(v, v)));
        return build.Return([.. graph.Outputs.Select(v => reached.TryGetValue(v, out var channel) ? build.Add(Coding(v, channel).Decode(coded[v], new($"{v.Name}.read", v.Type))).Result : v)]);
    }

    private Value? Source(Value value) => moves.TryGetValue(value, out var made) ? made.Moved.Select(Source).FirstOrDefault(v => v is not null) : inputs.Contains(value) ? value : null;

    private IEnumerable<Value> Added(Value value) => moves.TryGetValue(value, out var made) ? made.Added.Concat(made.Moved.SelectMany(Added)) : [];

    /// <summary>The numbers of one place along the axis that grows, or of all where none does.</summary>
    private static (long Numbers, bool Grows) Place(Value input, Value output)
    {
        var grown = input.Type.Shape.Zip(output.Type.Shape).Index().Where(p => p.Item.First != p.Item.Second).Select(p => p.Index).ToList();
        return (input.Type.Shape.Index().Where(p => !grown.Contains(p.Index)).Aggregate(1L, (size, p) => size * (p.Item is Number n ? n.Integer : 1)), grown.Count > 0);
    }
}
