namespace Lathe.Onnx;

/// <summary>
/// An operator on text, sequences, optional values or files, which runs on the host. To add one, add a file in <c>src/Onnx/Host/Ops</c> with a
/// subclass: it is found by reflection.
/// </summary>
internal abstract class HostOp
{
    private static readonly ILookup<(string Domain, string Operator), HostOp> All = typeof(HostOp).Assembly.GetTypes()
        .Where(t => t is { IsAbstract: false } && t.IsSubclassOf(typeof(HostOp)))
        .Select(t => (HostOp)Activator.CreateInstance(t)!)
        .SelectMany(o => o.Operators.Select(name => (Key: (o.Domain, name), o))).ToLookup(p => p.Key, p => p.o);

    /// <summary>The operators that it is, as ONNX names them.</summary>
    public abstract Seq<string> Operators { get; }

    /// <summary>Where they are defined; empty for the standard operators.</summary>
    public virtual string Domain => "";

    /// <summary>What of it a C ABI cannot carry; null where only these operands make it the host's.</summary>
    public virtual string? Carries => null;

    /// <summary>Whether it is the host's to run on these operands; null stands for an absent one.</summary>
    public virtual bool Takes(Seq<HostValue?> x) => true;

    /// <summary>The results.</summary>
    /// <exception cref="TypeException">The operands do not fit.</exception>
    public abstract IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope);

    public static HostOp? Find(string domain, string op, Seq<HostValue?> x) => All[(domain, op)].FirstOrDefault(o => o.Takes(x));

    /// <summary>The first of the host's operators of a name; null where there is none.</summary>
    public static HostOp? Find(string domain, string op) => All[(domain, op)].FirstOrDefault();

    /// <summary>What of an operator a C ABI cannot carry, whatever its operands; null where there is nothing.</summary>
    public static string? CarriedBy(string domain, string op) => All[(domain, op)].Select(o => o.Carries).FirstOrDefault(c => c is not null);

    /// <summary>The operators of the host, by domain and name, in ordinal order, and what they carry.</summary>
    public static Seq<(string Domain, string Operator, string? Carries)> List { get; } =
        [.. All.Select(g => (g.Key.Domain, g.Key.Operator, g.Select(o => o.Carries).FirstOrDefault(c => c is not null))).OrderBy(o => o.Domain, StringComparer.Ordinal).ThenBy(o => o.Operator, StringComparer.Ordinal)];

    protected static Tensor Numbers(Seq<HostValue?> x, int i) => x.ElementAtOrDefault(i) is HostTensor tensor ? tensor.Tensor : throw new TypeException($"operand {i} must be a tensor, it is {x.ElementAtOrDefault(i)?.Kind ?? "missing"}");
    protected static HostText Text(Seq<HostValue?> x, int i) => x.ElementAtOrDefault(i) as HostText ?? throw new TypeException($"operand {i} must be text, it is {x.ElementAtOrDefault(i)?.Kind ?? "missing"}");
    protected static HostSequence Sequence(Seq<HostValue?> x, int i) => x.ElementAtOrDefault(i) as HostSequence ?? throw new TypeException($"operand {i} must be a sequence, it is {x.ElementAtOrDefault(i)?.Kind ?? "missing"}");

    /// <summary>The only number of an operand.</summary>
    protected static long One(Seq<HostValue?> x, int i) => Numbers(x, i) is { Count: 1 } one ? (long)one.ToDoubles()[0] : throw new TypeException($"operand {i} must be one number, it is {x[i]!.Kind}");
}
