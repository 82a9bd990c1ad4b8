namespace Lathe.Ir;

/// <summary>A graph inside a node, made ready to run once or again and again.</summary>
internal sealed class RegionRun
{
    private readonly GraphRun region;
    private readonly Node node;
    private readonly Seq<Kernel> copies;

    public RegionRun(GraphRun region, Node node)
    {
        (this.region, this.node) = (region, node);
        // What a region returns may be a value from around, lie in another order of axes, or be returned twice: a copy is none of these.
        copies = [.. region.Graph.Outputs.Index().Select(o => Lowering.Lower(new Node(new Ops.Identity(), [o.Item], [new($"{node.Result.Name} {o.Index}", o.Item.Type.Elementwise)])))];
    }

    private Graph Graph => region.Graph;

    /// <summary>Runs the region; what it returns are the node's results.</summary>
    public void Choose(GraphMemory memory)
    {
        region.Steps(memory);
        var made = Returned(memory);
        foreach (var symbol in node.Op.Binds)
        {
            var (result, axis) = (from r in node.Results.Index() from e in r.Item.Type.Shape.Index() where e.Item == symbol select (r.Index, e.Index)).First();
            memory.Symbols[symbol.Name] = Dimensions.Evaluate(Graph.Outputs[result].Type.Shape[axis], memory.Symbols);
        }
        foreach (var (result, bytes) in node.Results.Zip(made)) memory[result.Name] = bytes;
    }

    /// <summary>Runs the region as long as count and condition say.</summary>
    public void Repeat(Ops.Loop loop, GraphMemory memory)
    {
        const int before = Ops.Loop.Before;
        var carried = Graph.Inputs.Skip(before).ToList();
        var stacked = node.Results.Skip(carried.Count).Select(_ => new List<Bytes>()).ToList();
        var most = node.Operands[0]?.Known is [var known] ? Dimensions.Evaluate(known, memory.Symbols) : long.MaxValue;
        var going = node.Operands[1] is not { } begin || memory.Truth(begin);
        foreach (var (value, first) in carried.Zip(node.Operands.Skip(before))) memory[value.Name] = Copied(first!, value.Name, memory);
        Extents(node.Operands.Skip(before).Select(v => v!.Type));
        var round = 0L;
        for (; round < most && going; round++)
        {
            memory.Cancellation.ThrowIfCancellationRequested();
            if (stacked.Count > 0) StepRun.Checked(loop.Round, round, Dimensions.Evaluate(loop.MostRounds, memory.Symbols) - 1);
            memory.Symbols[loop.Round.Name] = round;
            memory[Graph.Inputs[0].Name] = Tensor.Of([], round).Bytes;
            memory[Graph.Inputs[1].Name] = Bytes.Of<byte>([1]);
            region.Steps(memory);
            var made = Returned(memory);
            going = made[0].ToArray<byte>()[0] != 0;
            foreach (var (value, bytes) in carried.Zip(made.Skip(1))) memory[value.Name] = bytes;
            foreach (var (slices, bytes) in stacked.Zip(made.Skip(1 + carried.Count))) slices.Add(bytes);
            Extents(Graph.Outputs.Skip(1).Take(carried.Count).Select(v => v.Type));
        }
        if (loop.Rounds is null) memory.Symbols[loop.Binds[1].Name] = round;
        foreach (var (result, value) in node.Results.Zip(carried)) memory[result.Name] = memory[value.Name];
        foreach (var (result, slices) in node.Results.Skip(carried.Count).Zip(stacked)) memory[result.Name] = Joined(result, slices, memory);

        // All are worked out before any gets its new number: one may follow from another.
        void Extents(IEnumerable<TensorType> types)
        {
            var numbers = carried.Zip(types).SelectMany(p => p.First.Type.Shape.Zip(p.Second.Shape)).Where(p => loop.Extents.Any(s => p.First == s))
                .Select(p => (((Symbol)p.First), Number: Dimensions.Evaluate(p.Second, memory.Symbols))).ToList();
            foreach (var (symbol, number) in numbers) memory.Symbols[symbol.Name] = StepRun.Checked(symbol, number, long.MaxValue);
        }
    }

    /// <summary>What the region returns, in memory of its own; what it made is free.</summary>
    private List<Bytes> Returned(GraphMemory memory)
    {
        var made = new List<Bytes>();
        foreach (var copy in copies)
        {
            made.Add(memory.Make(copy.Outputs[0]));
            memory.Run(copy);
        }
        foreach (var output in Graph.Outputs.Where(o => Graph.Nodes.Any(n => n.Results.Contains(o))).Distinct()) memory.Free(output);
        return made;
    }

    private static Bytes Copied(Value value, string name, GraphMemory memory)
    {
        var copy = Lowering.Lower(new Node(new Ops.Identity(), [value], [new(name, value.Type.Elementwise)]));
        var bytes = memory.Make(copy.Outputs[0]);
        memory.Run(copy);
        return bytes;
    }

    private static unsafe Bytes Joined(Value result, List<Bytes> slices, GraphMemory memory)
    {
        var whole = memory.Make(GraphMemory.Storage(result).Single());
        if (slices.Count == 0) return whole;
        if (result.Type.Scalar.Bits < 8) throw new NotSupportedException($"slices of {result.Type.Scalar.Text}");
        var bytes = whole.Length / slices.Count;
        foreach (var (i, slice) in slices.Index()) System.Buffer.MemoryCopy((void*)slice.Address, (void*)(whole.Address + (nint)(i * bytes)), bytes, bytes);
        GC.KeepAlive(slices);
        return whole;
    }
}
