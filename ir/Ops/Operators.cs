using System.Collections.Frozen;

namespace Lathe.Ir;

/// <summary>Every operator there is, found by reflection: a file in <c>ir/Ops</c> is all it takes.</summary>
public static class Operators
{
    /// <summary>Records that derive from <see cref="Op"/>, by name. A fused group is none: it has a body in place of a meaning.</summary>
    public static Seq<Type> All { get; } =
        [.. typeof(Op).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract && t != typeof(Fused)).OrderBy(t => t.Name, StringComparer.Ordinal)];

    private static readonly FrozenDictionary<string, Type> ByName =
        All.SelectMany(t => new[] { t.Name, RecordText.Snake(t.Name) }.Distinct().Select(name => (name, t))).ToFrozenDictionary(p => p.name, p => p.t, StringComparer.Ordinal);

    /// <summary>The operator that ONNX calls so (<c>MaxPool</c>) or whose verb this is (<c>max_pool</c>); null if there is none.</summary>
    public static Type? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The uses that an operator gives of itself. An attribute that must be given is empty here: each use gives its own.</summary>
    public static IEnumerable<Example> Examples(Type op) => ((Op)RecordText.Make(op, p => p.Required ? p.Default ?? "" : null)).Examples();
}
