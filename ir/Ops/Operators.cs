using System.Collections.Frozen;

namespace Lathe.Ir;

/// <summary>Every operator there is, found by reflection: a file in <c>ir/Ops</c> is all it takes.</summary>
public static class Operators
{
    /// <summary>Records that derive from <see cref="Op"/>, by name. A fused group is none: it has a body in place of a meaning.</summary>
    public static Seq<Type> All => Now.All;

    private static Known known = new(-1, [], FrozenDictionary<string, Type>.Empty);

    private static Known Now => known.Version == Vocabulary.Version ? known : known = Find(Vocabulary.Version);

    /// <summary>The operator that ONNX calls so (<c>MaxPool</c>) or whose verb this is (<c>max_pool</c>); null if there is none.</summary>
    public static Type? Find(string name) => Now.ByName.GetValueOrDefault(name);

    /// <summary>The operator that a node of a model is.</summary>
    /// <param name="domain">Empty for ONNX's own; a plugin's operators have its domain.</param>
    public static Type? Find(string domain, string name) => domain == "" ? Find(name) is { } type && type.Name == name && Vocabulary.DomainOf(type) == "" ? type : null
        : Vocabulary.Version == 0 ? null : All.FirstOrDefault(t => t.Name == name && Vocabulary.DomainOf(t) == domain);

    /// <summary>The uses that an operator gives of itself. An attribute that must be given is empty here: each use gives its own.</summary>
    public static IEnumerable<Example> Examples(Type op) => ((Op)RecordText.Make(op, p => p.Required ? p.Default ?? "" : null)).Examples();

    private static Known Find(int version)
    {
        Seq<Type> all = [.. Vocabulary.Of<Op>().Where(t => t != typeof(Fused)).OrderBy(t => t.Name, StringComparer.Ordinal)];
        // A plugin's operator has its whole name only, so that it stands in the way of none.
        var names = all.SelectMany(t => (Vocabulary.DomainOf(t) == "" ? new[] { t.Name, Vocabulary.Word(t) } : [Vocabulary.Word(t)]).Distinct().Select(name => (name, t)));
        return new(version, all, names.ToFrozenDictionary(p => p.name, p => p.t, StringComparer.Ordinal));
    }

    private sealed record Known(int Version, Seq<Type> All, FrozenDictionary<string, Type> ByName);
}
