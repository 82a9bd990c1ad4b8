using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A graph on its way to a program: collects kernels, calls and slots.</summary>
internal sealed class Lowered(Graph graph)
{
    private readonly SharedKernels kernels = new([]);
    private readonly List<CallKernel> calls = [];
    /// <summary>For a buffer that only repeats another's bytes, that other.</summary>
    private readonly Dictionary<string, string> views = new(StringComparer.Ordinal);

    public Program Program()
    {
        var outputs = graph.Outputs.SelectMany(v => new Storage(v.Name, v.Type).Buffers).Select(b => b.Name).ToHashSet(StringComparer.Ordinal);
        var arguments = graph.Inputs.Concat(graph.Weights).SelectMany(v => new Storage(v.Name, v.Type).Buffers).Select(b => b.Name).ToHashSet(StringComparer.Ordinal);
        var owners = new HashSet<string>(StringComparer.Ordinal); // slots that an output has been given to
        var read = graph.Readers.Select(r => r.Key).ToHashSet();
        foreach (var node in graph.Nodes)
        {
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
