using System.Collections.Immutable;
using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>What the names of a pattern stand for. Immutable: a part that fits in several ways goes on with several of these.</summary>
public sealed record Found
{
    public static Found Nothing { get; } = new();

    /// <summary>Values by name, without sigils.</summary>
    public ImmutableDictionary<string, Value> Values { get; init; } = ImmutableDictionary.Create<string, Value>(StringComparer.Ordinal);

    /// <summary>What <c>%rest...</c> stands for.</summary>
    public ImmutableDictionary<string, Seq<Value?>> Rests { get; init; } = ImmutableDictionary.Create<string, Seq<Value?>>(StringComparer.Ordinal);

    /// <summary>Attributes, operators and kinds of number.</summary>
    public ImmutableDictionary<string, object> Variables { get; init; } = ImmutableDictionary.Create<string, object>(StringComparer.Ordinal);

    /// <summary>Extents of types.</summary>
    public ImmutableDictionary<string, Expr> Extents { get; init; } = ImmutableDictionary.Create<string, Expr>(StringComparer.Ordinal);

    /// <summary>The steps that the pattern's stand for, the root among them.</summary>
    public ImmutableHashSet<Node> Steps { get; init; } = ImmutableHashSet.Create<Node>(ReferenceEqualityComparer.Instance);

    /// <summary>With a value under a name; null where the name stands for another.</summary>
    public Found? With(string name, Value value) => Values.TryGetValue(name, out var known) ? ReferenceEquals(known, value) ? this : null : this with { Values = Values.Add(name, value) };

    /// <summary>With operands under a name; null where the name stands for others.</summary>
    public Found? With(string name, Seq<Value?> rest) => Rests.TryGetValue(name, out var known) ? known == rest ? this : null : this with { Rests = Rests.Add(name, rest) };

    /// <summary>With an extent under a name; null where the name stands for another.</summary>
    public Found? With(string name, Expr extent) => Extents.TryGetValue(name, out var known) ? Linear.ProvesEqual(known, extent) ? this : null : this with { Extents = Extents.Add(name, extent) };

    /// <summary>With an attribute, operator or kind under a variable's name; null where it stands for another.</summary>
    public Found? WithVariable(string name, object value) => Variables.TryGetValue(name, out var known) ? TermFunctions.Compare("==", known, value) == true ? this : null : this with { Variables = Variables.Add(name, value) };
}
