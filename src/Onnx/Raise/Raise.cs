namespace Lathe.Onnx;

/// <summary>
/// An old form of an operator, or one of another domain, and how a newer form says the same. To add one, add a file with a subclass: it is found by reflection.
/// </summary>
internal abstract class Raise
{
    /// <summary>All there are, in ordinal order of their names.</summary>
    public static Seq<Raise> Every { get; } = [.. typeof(Raise).Assembly.GetTypes()
        .Where(t => t is { IsAbstract: false } && t.IsSubclassOf(typeof(Raise))).OrderBy(t => t.Name, StringComparer.Ordinal)
        .Select(t => (Raise)Activator.CreateInstance(t)!)];

    private static readonly ILookup<(string Domain, string Operator), Raise> All = Every
        .SelectMany(r => r.Domains.SelectMany(domain => r.Operators, (domain, op) => (Key: (domain, op), r))).ToLookup(p => p.Key, p => p.r);

    /// <summary>The operators that have this form, as ONNX names them.</summary>
    public abstract Seq<string> Operators { get; }

    /// <summary>The domains of these operators; empty for the standard one.</summary>
    public virtual Seq<string> Domains => [""];

    /// <summary>The first opset that has this form.</summary>
    public virtual long First => 1;

    /// <summary>The last opset that has this form; every opset where the form is still current but another operator says it all.</summary>
    public virtual long Last => long.MaxValue - 1;

    /// <summary>Nodes that make the same results, in order. Each is raised further where its own opset asks for it.</summary>
    /// <exception cref="TypeException">This use of the old form cannot be said in newer terms.</exception>
    public abstract IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope);

    /// <summary>The same operator as written in the first opset after this form.</summary>
    protected OnnxNode Newer(OnnxNode node) => node with { Opset = Last + 1 };

    /// <summary>The old form that a node is written in, or null where it is current.</summary>
    public static Raise? Find(OnnxNode node) => All[(node.Domain, node.OpType)].FirstOrDefault(r => node.Opset >= r.First && node.Opset <= r.Last);

    /// <summary>Operators that exist in old forms only, or are said with others.</summary>
    public static IEnumerable<string> Names => All.Select(g => g.Key.Operator);
}
