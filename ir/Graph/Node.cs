namespace Lathe.Ir;

/// <summary>One step: a verb, its operands, its results. A fused group is a node with a body that runs as one kernel; a branch or loop has a region for each of its bodies.</summary>
/// <param name="Op">What it does.</param>
/// <param name="Operands">Values it reads; null for an optional operand that is absent.</param>
/// <param name="Results">Values it makes.</param>
/// <param name="Regions">Graphs inside, which may read values of the graph around them by name.</param>
public sealed record Node(Op Op, Seq<Value?> Operands, Seq<Value> Results, Seq<Graph> Regions = default)
{
    public Value Result => Results[0];

    /// <summary>Values it reads, each once, in order.</summary>
    public IEnumerable<Value> Reads => Operands.OfType<Value>().Distinct();

    /// <summary>The body of a fused group; null for a plain node.</summary>
    public Graph? Body => Op is Fused ? Regions[0] : null;
}

/// <summary>A group of steps that runs as one kernel: a body in place of a formula of its own.</summary>
public sealed record Fused : Op
{
    /// <summary>Steps in order as one node with the last one's results; a single step as it is.</summary>
    public static Node Of(params Seq<Node> steps)
    {
        if (steps is [var only]) return only;
        var made = steps.SelectMany(s => s.Results).ToHashSet();
        Seq<Value> operands = [.. steps.SelectMany(s => s.Reads).Where(v => !made.Contains(v)).Distinct()], results = steps[^1].Results;
        return new(new Fused(), [.. operands], results, [new Graph("", operands, steps, results)]);
    }

    public override Seq<TensorType> Infer(Operands x) => throw new NotSupportedException("a fused group takes its types from its body");
    public override IEnumerable<Example> Examples() => [];
}

/// <summary>What to compute. Immutable; a pass returns another.</summary>
/// <param name="Guards">Conditions on dimensions to check once when the graph is entered.</param>
public sealed record Graph(string Name, Seq<Value> Inputs, Seq<Node> Nodes, Seq<Value> Outputs, Seq<Guarded> Guards = default)
{
    /// <summary>Weights in the order of their first use, those of inner graphs included.</summary>
    public IEnumerable<Value> Weights => Nodes.SelectMany(node => node.Reads.Concat(node.Regions.SelectMany(r => r.Weights))).Concat(Outputs).Where(value => value.IsWeight).Distinct();

    /// <summary>The named dimensions of the inputs, by name.</summary>
    public Seq<Symbol> Symbols => [.. Inputs.SelectMany(v => v.Type.Shape).SelectMany(e => e.Parts()).OfType<Symbol>().Distinct().OrderBy(s => s.Name, StringComparer.Ordinal)];

    /// <summary>The nodes that read each value, and null once for each time the graph returns it.</summary>
    public ILookup<Value, Node?> Readers => Nodes.SelectMany(n => n.Reads.Concat(n.Regions.SelectMany(r => r.Captured)).Distinct().Select(v => (v, (Node?)n)))
        .Concat(Outputs.Select(v => (v, (Node?)null))).ToLookup(p => p.v, p => p.Item2);

    /// <summary>The node that makes each value.</summary>
    public Dictionary<Value, Node> Makers => Nodes.SelectMany(n => n.Results.Select(v => (v, n))).ToDictionary(p => p.v, p => p.n);

    /// <summary>Values of graphs around that this one reads.</summary>
    public IEnumerable<Value> Captured
    {
        get
        {
            var own = Inputs.Concat(Nodes.SelectMany(n => n.Results)).ToHashSet();
            return Nodes.SelectMany(n => n.Reads.Concat(n.Regions.SelectMany(r => r.Captured))).Concat(Outputs).Where(v => !own.Contains(v)).Distinct();
        }
    }
}
