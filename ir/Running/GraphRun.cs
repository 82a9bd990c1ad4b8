namespace Lathe.Ir;

/// <summary>A graph made ready to run: each node lowered once. Memory of a value is handed on after its last reader.</summary>
internal sealed class GraphRun(Graph graph)
{
    private readonly Kernel[] kernels = [.. graph.Nodes.Select(Lowering.Lower)];
    private readonly ILookup<int, Value> finished = Finished(graph);

    public Tensor[] Run(IReadOnlyList<Tensor> inputs)
    {
        var symbols = Dimensions.Bind(graph.Inputs, inputs, graph.Guards);
        var (memory, free) = (new Dictionary<string, Bytes>(StringComparer.Ordinal), new Dictionary<long, Stack<Bytes>>());
        foreach (var weight in graph.Weights) foreach (var (buffer, plane) in Storage(weight).Zip(weight.Planes)) memory[buffer.Name] = plane;
        foreach (var (value, tensor) in graph.Inputs.Zip(inputs)) memory[value.Name] = tensor.Bytes;
        foreach (var (number, node) in graph.Nodes.Index())
        {
            foreach (var buffer in kernels[number].Outputs)
            {
                var count = Dimensions.Evaluate(buffer.Size, symbols);
                var bytes = buffer.Scalar.Bytes(count);
                memory[buffer.Name] = free.TryGetValue(bytes, out var stack) && stack.TryPop(out var used) ? used : Bytes.Zeros(bytes);
                Cells.Spoil(memory[buffer.Name].Address, count, (int)buffer.Scalar);
            }
            Interpreter.Run(kernels[number], memory, symbols);
            foreach (var buffer in finished[number].SelectMany(Storage))
            {
                if (!memory.Remove(buffer.Name, out var bytes)) continue;
                if (!free.TryGetValue(bytes.Length, out var stack)) free[bytes.Length] = stack = [];
                stack.Push(bytes);
            }
        }
        return [.. graph.Outputs.Select(value => new Tensor(value.Type.Scalar, Dimensions.Evaluate(value.Type.Shape, symbols), memory[value.Name]))];
    }

    private static IEnumerable<Buffer> Storage(Value value) => new Storage(value.Name, value.Type).Buffers;

    /// <summary>Values that nobody reads after a node, by its number.</summary>
    private static ILookup<int, Value> Finished(Graph graph)
    {
        var last = new Dictionary<Value, int>();
        foreach (var (number, node) in graph.Nodes.Index())
        {
            foreach (var made in node.Results) last[made] = number;
            foreach (var read in node.Reads.Where(last.ContainsKey)) last[read] = number;
        }
        foreach (var output in graph.Outputs) last.Remove(output);
        return last.ToLookup(pair => pair.Value, pair => pair.Key);
    }
}
