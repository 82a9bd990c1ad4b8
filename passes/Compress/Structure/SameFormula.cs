using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Whether a narrower step computes, at the places that are left, what the wider one did: the same formula, each index of which leads to the place that had the old one.</summary>
/// <param name="kept">Of an axis of a value that a read is of: the places that are left; null: all.</param>
/// <param name="axes">The same of an axis of the wider formula.</param>
/// <param name="before">The wider step's.</param>
/// <param name="after">The narrower step's; values have the names that they had.</param>
/// <param name="known">Whether numbers of a value may be read: not where they were worked out from extents that are others now.</param>
internal sealed class SameFormula(Formula before, Formula after, Func<Axis, bool[]?> axes, Func<Value, int, bool[]?> kept, Func<Value, bool> known)
{
    /// <summary>Combinations of axes that an index is compared at; of more, as many at equal distances.</summary>
    private const long Most = 1 << 14;

    private readonly Dictionary<Axis, Axis> pairs = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<(Expr, Expr)> same = [];

    public bool Holds()
    {
        if (before.Axes.Count != after.Axes.Count) return false;
        foreach (var (old, now) in before.Axes.Zip(after.Axes)) pairs[old] = now;
        return Same(before.Number, after.Number);
    }

    private bool Same(Expr old, Expr now)
    {
        if (same.Contains((old, now))) return true;
        if (old.Type != now.Type) return false;
        var holds = IndexNumbers.Is(old) && IndexNumbers.Is(now) ? At(old, now, null) : (old, now) switch
        {
            (Load a, Load b) => Same(a, b),
            (Reduce a, Reduce b) => Same(a, b),
            _ => old.GetType() == now.GetType() && old.Children.Count == now.Children.Count && old.Children.Zip(now.Children).All(p => Same(p.First, p.Second)) && (old.Children.Count > 0 ? ReferenceEquals(old.With(now.Children), now) : ReferenceEquals(old, now)),
        };
        if (holds) same.Add((old, now));
        return holds;
    }

    private bool Same(Reduce old, Reduce now)
    {
        if (old.Kind != now.Kind || old.Axes.Count != now.Axes.Count) return false;
        foreach (var (a, b) in old.Axes.Zip(now.Axes)) pairs[a] = b;
        return Same(old.Body, now.Body);
    }

    private bool Same(Load old, Load now)
    {
        var (value, other) = (before.Operand(old), after.Operand(now));
        if (value.Name != other.Name || old.At.Count != now.At.Count || old.Outside is null != now.Outside is null || old.Outside is not null && !Same(old.Outside, now.Outside!)) return false;
        if (!known(value)) return false;
        for (var d = 0; d < old.At.Count; d++)
            if (!(IndexNumbers.Is(old.At[d]) && IndexNumbers.Is(now.At[d]) ? At(old.At[d], now.At[d], kept(value, d) ?? Whole(value.Type.Shape[d])) : kept(value, d) is null && Same(old.At[d], now.At[d]))) return false;
        return true;
    }

    /// <summary>Compares numbers of indices: the old one where the places that are left were, the new one where they are now.</summary>
    /// <param name="left">Which places the indices speak of are left; null: all.</param>
    private bool At(Expr old, Expr now, bool[]? left)
    {
        Seq<Axis> free = [.. old.Parts().Concat(now.Parts().OfType<Axis>().Select(Former)).OfType<Axis>().Distinct()];
        var places = free.Select(a => axes(a) is { } some ? [.. some.Index().Where(p => p.Item).Select(p => (long)p.Index)] : Range(a.Extent)).ToArray();
        if (Array.Exists(places, p => p.Length == 0)) return true;
        var rank = left is null ? null : left.Aggregate(new List<long> { 0 }, (sums, k) => [.. sums, sums[^1] + (k ? 1 : 0)]);
        var all = places.Aggregate((Int128)1, (size, p) => size * p.Length);
        var count = (long)Int128.Min(all, Most);
        var (then, here) = (new Dictionary<Axis, long>(ReferenceEqualityComparer.Instance), new Dictionary<Axis, long>(ReferenceEqualityComparer.Instance));
        for (var i = 0L; i < count; i++)
        {
            var flat = count == 1 ? 0 : (Int128)i * (all - 1) / (count - 1);
            for (var f = 0; f < free.Count; f++)
            {
                var at = (int)(flat % places[f].Length);
                (flat, then[free[f]]) = (flat / places[f].Length, places[f][at]);
                if (pairs.TryGetValue(free[f], out var pair)) here[pair] = at;
            }
            var (a, b) = (IndexNumbers.Of(old, x => then[x], Sample), IndexNumbers.Of(now, x => here[x], Sample));
            // Where the old index lay outside, the new one must too, however far: the same number stands for both.
            if (rank is null ? a != b : a < 0 ? b >= 0 : a >= left!.Length ? b < rank[^1] : !left[a] || rank[(int)a] != b) return false;
        }
        return true;
    }

    /// <summary>All places of an axis; null where a run decides how many there are.</summary>
    private static bool[]? Whole(Expr extent) => extent is Number n ? Array.ConvertAll(new bool[n.Integer], _ => true) : null;

    private Axis Former(Axis now) => pairs.FirstOrDefault(p => p.Value == now, new(now, now)).Key;

    /// <summary>Places of an axis whose extent a run decides: a few.</summary>
    private static long[] Range(Expr extent) => [.. Enumerable.Range(0, extent is Number n ? checked((int)n.Integer) : 3).Select(i => (long)i)];

    /// <summary>A number for a dimension that a run decides, another for each.</summary>
    private static long Sample(Symbol symbol) => Math.Clamp(7 + 4 * (symbol.Name.Length + symbol.Name[^1] % 8), symbol.Low, symbol.High);
}
