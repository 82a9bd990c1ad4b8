using System.Collections;
using System.Runtime.CompilerServices;

namespace Lathe.Ir;

/// <summary>A short immutable list that is equal to another by content, so records holding one compare by value.</summary>
[CollectionBuilder(typeof(Seq), nameof(Seq.Of))]
public readonly struct Seq<T>(params ReadOnlySpan<T> items) : IReadOnlyList<T>, IEquatable<Seq<T>>
{
    private readonly T[]? items = items.ToArray();

    public int Count => items?.Length ?? 0;
    public int Length => Count;
    public T this[int i] => items![i];
    public ReadOnlySpan<T> AsSpan() => items;
    public Seq<T> Slice(int start, int length) => new(AsSpan().Slice(start, length));

    /// <summary>This list with another item in one place.</summary>
    public Seq<T> With(int place, T item) => [.. this[..place], item, .. this[(place + 1)..]];

    public bool Equals(Seq<T> other)
    {
        if (ReferenceEquals(items, other.items)) return true;
        if (Count != other.Count) return false;
        for (var i = 0; i < Count; i++) if (!EqualityComparer<T>.Default.Equals(items![i], other.items![i])) return false;
        return true;
    }

    public override bool Equals(object? obj) => obj is Seq<T> seq && Equals(seq);
    public static bool operator ==(Seq<T> a, Seq<T> b) => a.Equals(b);
    public static bool operator !=(Seq<T> a, Seq<T> b) => !a.Equals(b);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in AsSpan()) hash.Add(item);
        return hash.ToHashCode();
    }

    public ReadOnlySpan<T>.Enumerator GetEnumerator() => AsSpan().GetEnumerator();
    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)(items ?? [])).GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => (items ?? []).GetEnumerator();
    public override string ToString() => $"[{string.Join(", ", this)}]";
}

public static class Seq
{
    public static Seq<T> Of<T>(ReadOnlySpan<T> items) => new(items);
    public static Seq<T> ToSeq<T>(this IEnumerable<T> items) => new(items.ToArray());
}
