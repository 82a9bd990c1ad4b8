using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>An address as a pointer and a sum of indices, to be found again.</summary>
internal sealed class Offset(string pointer, Linear sum) : IEquatable<Offset>
{
    private readonly int hash = sum.Terms.Aggregate(pointer.GetHashCode(StringComparison.Ordinal), (hash, term) => hash + term.Key.GetHashCode() * (int)(2 * term.Value + 1));

    public IEnumerable<Expr> Atoms => sum.Terms.Keys;

    private string Pointer => pointer;
    private Linear Sum => sum;

    public bool Equals(Offset? other) => other is not null && hash == other.hash && pointer == other.Pointer && sum.Terms.Count == other.Sum.Terms.Count && sum.Terms.All(term => other.Sum[term.Key] == term.Value);
    public override bool Equals(object? obj) => Equals(obj as Offset);
    public override int GetHashCode() => hash;
}
