using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A graph on its way to a program: collects kernels and slots; graphs inside become steps inside.</summary>
internal sealed class Lowered(Graph graph)
{
    /// <summary>For a buffer that only repeats another's bytes, that other.</summary>
    private readonly Dictionary<string, string> views = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Buffer Buffer, Expr Size)> places = new(StringComparer.Ordinal);
    private readonly HashSet<string> arguments = Names(graph.Inputs.Concat(graph.Weights));

    public SharedKernels Kernels { get; } = new([]);

    /// <summary>Of the symbols that a run binds.</summary>
    public Bounds Bounds { get; } = Bounds.Of(graph);

    public Program Program()
    {
        var outputs = Names(graph.Outputs);
        var steps = DropUnread(new LoweredSteps(this, graph, outputs).Steps(), outputs).Renamed(Slot);
        var used = steps.Calls.SelectMany(c => c.Arguments).Concat(steps.Flat.Select(s => s.Asked).OfType<string>()).ToHashSet(StringComparer.Ordinal);
        var (slots, weights) = (new List<Slot>(), new List<(string, Bytes)>());
        foreach (var (values, kind) in new[] { (graph.Inputs, SlotKind.Input), (graph.Outputs, SlotKind.Output) })
            foreach (var buffer in values.SelectMany(v => new Storage(v.Name, v.Type).Buffers)) slots.Add(new(buffer.Name, buffer.Scalar, Bounds.Most(buffer.Size), kind, 0));
        foreach (var weight in graph.Weights)
            foreach (var (buffer, bytes) in new Storage(weight.Name, weight.Type).Buffers.Zip(weight.Planes))
            {
                if (!used.Contains(buffer.Name)) continue;
                slots.Add(new(buffer.Name, buffer.Scalar, buffer.Size, SlotKind.Weight, 0));
                weights.Add((buffer.Name, bytes));
            }
        foreach (var (name, (buffer, size)) in places)
            if (used.Contains(name) && !outputs.Contains(name)) slots.Add(new(name, buffer.Scalar, size, SlotKind.Arena, 0));
        RequireBounds(slots);
        var called = steps.Calls.Select(c => c.Kernel).ToHashSet(StringComparer.Ordinal);
        return SharedSymbols.In(Arena.Apart(new(graph.Name, graph.Inputs, graph.Outputs, graph.Symbols, [.. Guards.Placed(graph)[-1]], [.. slots], [.. weights], [.. Kernels.All.Where(k => called.Contains(k.Name))], [], steps, 0, 0)));
    }

    /// <summary>The slot that holds a buffer.</summary>
    public string Slot(string buffer)
    {
        while (views.TryGetValue(buffer, out var other)) buffer = other;
        return buffer;
    }

    /// <summary>Lets a buffer lie where another does.</summary>
    public void View(string buffer, string other) => views[buffer] = other;

    public bool IsView(string buffer) => views.ContainsKey(buffer) || views.ContainsValue(buffer);

    /// <summary>Whether a buffer is an input or a weight.</summary>
    public bool IsArgument(string buffer) => arguments.Contains(buffer);

    /// <summary>Whether a run decides how large a tensor is.</summary>
    public bool IsLate(TensorType type) => type.Shape.Any(extent => Bounds.BoundIn(extent).Any());

    /// <summary>A truth value as a branch or loop asks it.</summary>
    public Expr Asked(Value value) => value.Known is [Number known] ? known.Integer != 0 : new Buffer(value.Name, value.Type.Scalar, [1])[0];

    public CallKernel Call(Kernel kernel, string name, Seq<string> nodes)
    {
        var shared = Kernels.Add(kernel);
        return new(shared.Name, [.. kernel.Inputs.Concat(kernel.Outputs).Select(b => b.Name)], name, null, new(nodes, Work.Flops(kernel), Work.Bytes(kernel)));
    }

    /// <summary>Takes note of a value that needs a place; the first of a name decides.</summary>
    /// <param name="size">How many numbers it needs room for; null for its own.</param>
    public void Place(Value value, Expr? size = null)
    {
        foreach (var buffer in new Storage(value.Name, value.Type).Buffers) places.TryAdd(buffer.Name, (buffer, size ?? Bounds.Most(buffer.Size)));
    }

    private static HashSet<string> Names(IEnumerable<Value> values) => values.SelectMany(v => new Storage(v.Name, v.Type).Buffers).Select(b => b.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>Drops calls that fill nothing anybody reads: operands that only decided shapes.</summary>
    private Seq<Step> DropUnread(Seq<Step> steps, HashSet<string> outputs)
    {
        var (read, calls) = (outputs.ToHashSet(StringComparer.Ordinal), steps.Calls.Reverse().ToList());
        read.UnionWith(steps.Flat.Select(s => s.Asked).OfType<string>().Select(Slot));
        bool IsRead(CallKernel call) => call.Arguments.Skip(Kernels[call.Kernel].Inputs.Count).Select(Slot).Any(read.Contains);
        for (var before = -1; before != read.Count;) // what a loop reads may be stored behind it, in the round before
        {
            before = read.Count;
            foreach (var call in calls.Where(IsRead)) read.UnionWith(call.Arguments.Take(Kernels[call.Kernel].Inputs.Count).Select(Slot));
        }
        return steps.MapCalls(call => IsRead(call) ? call : null);
    }

    /// <exception cref="DiagnosticException">LT4003: a size grows with a number of the run that nothing bounds.</exception>
    private static void RequireBounds(IEnumerable<Slot> slots)
    {
        var open = slots.SelectMany(s => Bounds.Unbounded(s.Size).Select(name => (name, s.Name))).GroupBy(p => p.name, p => p.Name, StringComparer.Ordinal).ToList();
        if (open.Count > 0) throw new DiagnosticException([.. open.Select(g => new Diagnostic("LT4003", $"the size of %{g.First()} depends on {g.Key}, which a run decides and nothing bounds", g.First(), $"--max {g.Key}=N says what it cannot exceed"))]);
    }
}
