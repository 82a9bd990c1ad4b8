using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A graph on its way to a program: collects kernels, calls and slots.</summary>
internal sealed class Lowered(Graph graph)
{
    private readonly SharedKernels kernels = new([]);
    private readonly ILookup<Value, Node?> readers = graph.Readers;
    private readonly List<CallKernel> calls = [];
    /// <summary>For a buffer that only repeats another's bytes, that other.</summary>
    private readonly Dictionary<string, string> views = new(StringComparer.Ordinal);

    public Program Program()
    {
        var outputs = graph.Outputs.SelectMany(v => new Storage(v.Name, v.Type).Buffers).Select(b => b.Name).ToHashSet(StringComparer.Ordinal);
        var arguments = graph.Inputs.Concat(graph.Weights).SelectMany(v => new Storage(v.Name, v.Type).Buffers).Select(b => b.Name).ToHashSet(StringComparer.Ordinal);
        var owners = new HashSet<string>(StringComparer.Ordinal); // slots that an output has been given to
        var read = readers.Select(r => r.Key).ToHashSet();
        foreach (var node in graph.Nodes)
        {
            if (SideBySide.Places(node) is { } places)
            {
                SetSideBySide(node, places, outputs);
                continue;
            }
            var kernel = Lowering.Lower(node, read);
            if (Views.Source(kernel) is { } source)
            {
                var (from, to) = (Slot(source.Name), kernel.Outputs[0].Name);
                // An output lies where the caller says: what it repeats is computed there, unless that is an argument or an output itself.
                if (!outputs.Contains(to)) { views[to] = from; continue; }
                if (!arguments.Contains(from) && !outputs.Contains(from) && owners.Add(from)) { views[from] = to; continue; }
            }
            Call(kernel, node);
        }
        DropUnread(outputs);
        return Assembled();
    }

    /// <summary>Each operand is computed where it belongs if nothing else reads it, else copied there.</summary>
    private void SetSideBySide(Node node, Seq<Seq<Expr>> places, HashSet<string> outputs)
    {
        var whole = new Storage(node.Result.Name, node.Result.Type).Buffer("");
        foreach (var (value, place) in node.Operands.Zip(places))
        {
            var part = new Storage(value!.Name, value.Type).Buffer("");
            if (!Within(node, value, part, whole, place, outputs)) Call(SideBySide.Copy(part, whole, place), node);
        }
    }

    /// <summary>Has an operand computed inside the larger tensor, and read there by those who read it before; false where that cannot be.</summary>
    private bool Within(Node node, Value value, Buffer part, Buffer whole, Seq<Expr> place, HashSet<string> outputs)
    {
        if (node.Operands.Count(v => v == value) > 1 || outputs.Contains(part.Name) || views.ContainsKey(part.Name) || views.ContainsValue(part.Name)) return false;
        Seq<string> Inputs(CallKernel call) => call.Arguments.Slice(0, kernels[call.Kernel].Inputs.Count);
        var makers = calls.Index().Where(c => c.Item.Arguments.Skip(Inputs(c.Item).Count).Contains(part.Name)).ToList();
        if (makers is not [var (at, maker)] || kernels[maker.Kernel] is not { Outputs: [var made] } kernel || made.Shape != part.Shape) return false;
        var others = calls.Index().Where(c => Inputs(c.Item).Contains(part.Name)).ToList();
        // Whoever reads it later, or in a region, has no call yet. A step that read one part and filled another would have one buffer twice.
        if (others.Count != readers[value].Count(r => r != node) || others.Append((at, maker)).Any(c => c.Item2.Arguments.Contains(whole.Name))) return false;
        var moved = new List<(int At, CallKernel Call)>();
        foreach (var (i, call) in others)
        {
            if (Inputs(call).Count(a => a == part.Name) > 1 || SideBySide.From(kernels[call.Kernel], kernels[call.Kernel].Inputs[Inputs(call).Index().First(a => a.Item == part.Name).Index], whole, place) is not { } reading) return false;
            moved.Add((i, call with { Kernel = kernels.Add(reading).Name, Arguments = [.. call.Arguments.Select(a => a == part.Name ? whole.Name : a)] }));
        }
        foreach (var (i, call) in moved) calls[i] = call;
        calls[at] = maker with { Kernel = kernels.Add(SideBySide.Into(kernel, whole, place)).Name, Arguments = [.. maker.Arguments.SkipLast(1), whole.Name] };
        return true;
    }

    /// <summary>Drops calls that fill nothing anybody reads: operands that only decided shapes.</summary>
    private void DropUnread(HashSet<string> outputs)
    {
        var read = outputs.ToHashSet(StringComparer.Ordinal);
        for (var i = calls.Count - 1; i >= 0; i--)
        {
            var (arguments, inputs) = (calls[i].Arguments, kernels[calls[i].Kernel].Inputs.Count);
            if (arguments.Skip(inputs).Select(Slot).Any(read.Contains)) read.UnionWith(arguments.Take(inputs).Select(Slot));
            else calls.RemoveAt(i);
        }
    }

    private string Slot(string buffer)
    {
        while (views.TryGetValue(buffer, out var other)) buffer = other;
        return buffer;
    }

    private void Call(Kernel kernel, Node node) => calls.Add(new(kernels.Add(kernel).Name, [.. kernel.Inputs.Concat(kernel.Outputs).Select(b => b.Name)], node.Result.Name, null,
        new([.. (node.Body?.Nodes ?? [node]).SelectMany(n => n.Results).Select(v => v.Name)], Work.Flops(kernel), Work.Bytes(kernel))));

    private Program Assembled()
    {
        CallKernel[] steps = [.. calls.Select(c => c with { Arguments = [.. c.Arguments.Select(Slot)] })];
        var used = steps.SelectMany(c => c.Arguments).ToHashSet(StringComparer.Ordinal);
        var (slots, weights) = (new List<Slot>(), new List<(string, Bytes)>());
        Add(graph.Inputs, SlotKind.Input);
        Add(graph.Outputs, SlotKind.Output);
        foreach (var weight in graph.Weights)
            foreach (var (buffer, bytes) in new Storage(weight.Name, weight.Type).Buffers.Zip(weight.Planes))
            {
                if (!used.Contains(buffer.Name)) continue;
                slots.Add(new(buffer.Name, buffer.Scalar, buffer.Size, SlotKind.Weight, 0));
                weights.Add((buffer.Name, bytes));
            }
        Add(graph.Nodes.SelectMany(n => n.Results), SlotKind.Arena);
        return Arena.Apart(new(graph.Name, graph.Inputs, graph.Outputs, graph.Symbols, graph.Guards, [.. slots], [.. weights], [.. kernels.All.Where(k => steps.Any(c => c.Kernel == k.Name))], [], [.. steps], 0, 0));

        void Add(IEnumerable<Value> values, SlotKind kind)
        {
            foreach (var buffer in values.SelectMany(v => new Storage(v.Name, v.Type).Buffers))
                if ((kind != SlotKind.Arena || used.Contains(buffer.Name)) && !slots.Exists(s => s.Name == buffer.Name)) slots.Add(new(buffer.Name, buffer.Scalar, buffer.Size, kind, 0));
        }
    }
}
