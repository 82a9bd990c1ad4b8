namespace Lathe.Ir;

/// <summary>A graph made ready to run: each node lowered once, graphs inside made ready too. Memory of a value is handed on after its last reader.</summary>
internal sealed class GraphRun
{
    private readonly Graph graph;
    private readonly Kernel?[] kernels;
    private readonly Seq<RegionRun>[] regions;
    private readonly ILookup<int, Value> finished;
    private readonly ILookup<int, Guarded> guards;

    public GraphRun(Graph graph)
    {
        this.graph = graph;
        kernels = [.. graph.Nodes.Select(node => node.Op is RegionOp or Ops.Measure ? null : Lowering.Lower(node))];
        regions = [.. graph.Nodes.Select(node => node.Op is RegionOp ? (Seq<RegionRun>)[.. node.Regions.Select(region => new RegionRun(new(region), node))] : [])];
        finished = Finished(graph);
        guards = Guards.Placed(graph);
    }

    public Graph Graph => graph;

    public Tensor[] Run(IReadOnlyList<Tensor> inputs, CancellationToken cancellation)
    {
        var memory = new GraphMemory(new(Dimensions.Bind(graph.Inputs, inputs, [.. guards[-1]]).ToDictionary(), StringComparer.Ordinal), cancellation);
        foreach (var weight in graph.Weights) foreach (var (buffer, plane) in GraphMemory.Storage(weight).Zip(weight.Planes)) memory[buffer.Name] = plane;
        foreach (var (value, tensor) in graph.Inputs.Zip(inputs)) memory[value.Name] = tensor.Bytes;
        Steps(memory);
        return [.. graph.Outputs.Select(value => new Tensor(value.Type.Scalar, Dimensions.Evaluate(value.Type.Shape, memory.Symbols), memory[value.Name]))];
    }

    /// <summary>Runs the nodes; what the graph returns is in memory then.</summary>
    public void Steps(GraphMemory memory)
    {
        Check(-1, memory);
        foreach (var (number, node) in graph.Nodes.Index())
        {
            memory.Cancellation.ThrowIfCancellationRequested();
            switch (node.Op)
            {
                case Ops.If: (memory.Truth(node.Operands[0]!) ? regions[number][0] : regions[number][1]).Choose(memory); break;
                case Ops.Loop loop: regions[number][0].Repeat(loop, memory); break;
                case Ops.Measure measure: Measured(measure, node, memory); break;
                default:
                    foreach (var buffer in kernels[number]!.Outputs) memory.Make(buffer);
                    memory.Run(kernels[number]!);
                    break;
            }
            Check(number, memory);
            foreach (var value in finished[number]) memory.Free(value);
        }
    }

    private void Check(int place, GraphMemory memory)
    {
        foreach (var guard in guards[place])
            if (Dimensions.Evaluate(guard.Condition, memory.Symbols) == 0) throw StepRun.Refused(guard, memory.Symbols);
    }

    private static void Measured(Ops.Measure measure, Node node, GraphMemory memory)
    {
        var result = Tensor.Zeros(Scalar.I64, [measure.Symbols.Count]);
        foreach (var (i, symbol) in measure.Binds.Index())
        {
            var value = memory.Symbols[symbol.Name] = StepRun.Checked(symbol, memory.Whole(node.Operands[0]!, i), Dimensions.Evaluate(measure.Most[i], memory.Symbols));
            unsafe { ((long*)result.Bytes.Address)[i] = value; }
        }
        memory[node.Result.Name] = result.Bytes;
    }

    /// <summary>Values that nobody reads after a node, by its number.</summary>
    private static ILookup<int, Value> Finished(Graph graph)
    {
        var last = new Dictionary<Value, int>();
        foreach (var (number, node) in graph.Nodes.Index())
        {
            foreach (var made in node.Results) last[made] = number;
            foreach (var read in node.Reads.Concat(node.Regions.SelectMany(r => r.Captured)).Where(last.ContainsKey)) last[read] = number;
        }
        foreach (var output in graph.Outputs) last.Remove(output);
        return last.ToLookup(pair => pair.Value, pair => pair.Key);
    }
}
