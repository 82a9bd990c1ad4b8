using Lathe.Runtime.Hosting.Operators;

namespace Lathe.Runtime.Hosting;

/// <summary>Operators of the host by domain and name. The list is written out: a library that is trimmed finds nothing by reflection.</summary>
public sealed class HostOperators
{
    private readonly ILookup<(string Domain, string Operator), HostOperator> all;

    private HostOperators(IReadOnlyList<HostOperator> list)
    {
        List = list;
        all = list.SelectMany(o => o.Operators.Select(name => (Key: (o.Domain, name), o))).ToLookup(p => p.Key, p => p.o);
    }

    /// <summary>Those that need no other library.</summary>
    public static HostOperators Standard { get; } = new([
        new CategoryMapper(), new ConcatFromSequence(), new Conditional(), new Kept(), new LabelEncoder(), new MapVectors(), new OptionalOperators(), new RegexFullMatch(),
        new Repeated(), new SequenceMap(), new SequenceOperators(), new SplitToSequence(), new StringConcat(), new StringNormalizer(), new StringSplit(), new TextCast(),
        new TextRanks(), new TextWords(), new ZipMap(),
    ]);

    public IReadOnlyList<HostOperator> List { get; }

    /// <summary>These and others.</summary>
    public HostOperators With(params IEnumerable<HostOperator> more) => new([.. List, .. more]);

    /// <summary>The operator that runs a node on operands of these types; null where it is none of the host's.</summary>
    public HostOperator? Find(HostNode node, IReadOnlyList<HostType?> x) => all[(node.Domain, node.Operator)].FirstOrDefault(o => o.Takes(node, x));

    /// <summary>Those of a name, whatever their operands.</summary>
    public IEnumerable<HostOperator> Named(string domain, string name) => all[(domain, name)];
}
