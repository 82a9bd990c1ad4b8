using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>One local rewrite, tried at every step until none applies. It must never make a graph worse. To add one, add one file in <c>passes/Rules</c> with a subclass.</summary>
public abstract record Rule
{
    /// <summary>As notes name it.</summary>
    public virtual string Name => Vocabulary.Word(GetType());

    /// <summary>Whether results round as they did, but for the order of sums: what does not is left out of an exact compilation.</summary>
    public virtual bool IsExact => true;

    /// <summary>What to put in the place of a step; null leaves it.</summary>
    /// <param name="step">The step to improve.</param>
    /// <param name="around">Who makes and who reads the values around it.</param>
    public abstract Improvement? Improve(Node step, Surroundings around);

    /// <summary>The same, where some steps are to stay as they are. The step itself may change.</summary>
    /// <param name="may">Whether a step may go.</param>
    public virtual Improvement? Improve(Node step, Surroundings around, Func<Node, bool> may) => Improve(step, around);
}

/// <summary>What a rule puts in the place of a step: steps that make the same results, or a value that is the result already.</summary>
public sealed record Improvement
{
    /// <summary>Steps in order; the last makes the results of the step they replace.</summary>
    public static Improvement To(params Seq<Node> steps) => new() { Steps = steps };

    /// <summary>A value to read in place of the step's only result.</summary>
    public static Improvement To(Value instead) => new() { Instead = [instead] };

    /// <summary>Values to read in place of the step's results.</summary>
    public static Improvement To(Seq<Value> instead) => new() { Instead = instead };

    public Seq<Node> Steps { get; private init; }
    public Seq<Value> Instead { get; private init; }
}

/// <summary>The graph as a rule sees it.</summary>
public sealed class Surroundings
{
    private readonly Dictionary<Value, Node> makers = [];
    private readonly Dictionary<Value, int> readers;
    private readonly Dictionary<Value, int> uses;
    private readonly HashSet<Value> outputs;
    private readonly HashSet<string> names;

    /// <param name="graph">What to look at.</param>
    /// <param name="outer">The graph around it, whose names are taken too.</param>
    internal Surroundings(Graph graph, Surroundings? outer = null)
    {
        readers = graph.Readers.ToDictionary(g => g.Key, g => g.Count());
        // A weight may be read in other graphs too.
        uses = outer?.uses ?? Reads(graph).Where(v => v.IsWeight).CountBy(v => v).ToDictionary();
        foreach (var weight in readers.Keys.Where(v => v.IsWeight).ToList()) readers[weight] = Math.Max(readers[weight], uses.GetValueOrDefault(weight));
        outputs = [.. graph.Outputs];
        names = outer?.names ?? [.. Named(graph).Select(v => v.Name)];
    }

    internal void Made(Node step)
    {
        foreach (var result in step.Results) makers[result] = step;
    }

    /// <summary>The step that makes a value; null for an input, a weight, or a value of a graph around.</summary>
    public Node? Maker(Value? value) => value is null ? null : makers.GetValueOrDefault(value);

    public bool IsOutput(Value value) => outputs.Contains(value);

    /// <summary>Whether one step reads the value and nothing else does.</summary>
    public bool IsReadOnce(Value value) => readers.GetValueOrDefault(value) == 1 && !outputs.Contains(value);

    /// <summary>How many steps read the value, and once more where the graph returns it; none for one that is new.</summary>
    public int Readers(Value value) => readers.GetValueOrDefault(value);

    /// <summary>The name for what takes the place of a value: the same, unless the old one stays in use.</summary>
    public string Renewed(Value old, string otherwise) => old.IsWeight ? readers.GetValueOrDefault(old) <= 1 && !IsOutput(old) ? old.Name : Fresh(otherwise) : IsOutput(old) ? Fresh(otherwise) : old.Name;

    /// <summary>A name that no value has.</summary>
    public string Fresh(string name)
    {
        var n = 2;
        var fresh = name;
        while (!names.Add(fresh)) fresh = $"{name}.{n++}";
        return fresh;
    }

    private static IEnumerable<Value> Reads(Graph graph) => graph.Nodes.SelectMany(n => n.Op is RegionOp ? n.Reads.Concat(n.Regions.SelectMany(Reads)) : n.Reads).Concat(graph.Outputs);

    private static IEnumerable<Value> Named(Graph graph) => graph.Inputs.Concat(graph.Weights).Concat(graph.Nodes.SelectMany(n => n.Results.Concat(n.Regions.SelectMany(Named))));
}
