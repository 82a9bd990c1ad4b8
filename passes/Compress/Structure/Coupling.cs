using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// Which places of which values go together: where a channel of one value is dropped, the places that are made of it alone, or that it alone is made for, go too. Read off formulas,
/// so that residual additions, concatenations, grouped and depthwise convolutions, norms and heads behind a reshape are no cases. Fang and others, DepGraph (2023).
/// </summary>
/// <remarks>A place is an index along one axis of a value, or of a sum. Places that anything else depends on are pinned: inputs and outputs, tokens, taps, what a norm runs over.</remarks>
internal sealed class Coupling
{
    /// <summary>Places of an axis beyond which it is not followed, and combinations of axes that are looked at.</summary>
    private const long MostPlaces = 1 << 16, MostCombinations = 1 << 20;

    private readonly Dictionary<(Value Value, int Axis), int> values = [];
    private readonly Dictionary<Axis, int> sums = new(ReferenceEqualityComparer.Instance);
    private readonly List<int> parent = [];
    private readonly List<string?> pinned = [];
    private readonly List<Component> waiting = [];

    /// <summary>Axes of a read that only make sense together: several in one index, or one in several.</summary>
    private sealed record Component(string Why, Value Value, Load Load, Seq<int> Dimensions, Seq<Axis> Axes, Func<Axis, int?> Places);

    public Coupling(Graph graph)
    {
        foreach (var value in graph.Inputs) Pin(value, $"{value} is an input");
        foreach (var value in graph.Outputs) Pin(value, $"{value} is an output");
        foreach (var node in graph.Nodes) Add(node);
        // First what is certain: it pins what others may choose among.
        foreach (var component in waiting) Choose(component);
    }

    /// <summary>Keeps all places of a value.</summary>
    private void Pin(Value value, string why)
    {
        for (var axis = 0; axis < value.Type.Rank; axis++) if (Places(value, axis) is { } first) Pin(first, value.Type.Shape[axis].Whole, why);
    }

    /// <summary>The class of a place; null where it cannot go.</summary>
    public int? Class(Value value, int axis, int place) => values.TryGetValue((value, axis), out var first) && Root(first + place) is var root && pinned[root] is null ? root : null;

    /// <summary>Why places of an axis cannot go; null where some can, or nobody asked.</summary>
    public string? Why(Value value, int axis) => values.TryGetValue((value, axis), out var first) && IsPinned(first, value.Type.Shape[axis].Whole) ? pinned[Root(first)] : null;

    /// <summary>Every class that may go, with its places of values, in a stable order.</summary>
    public IEnumerable<(int Class, Seq<AxisPlaces> Places)> Classes =>
        from entry in values
        from place in Enumerable.Range(0, (int)entry.Key.Value.Type.Shape[entry.Key.Axis].Whole)
        let root = Root(entry.Value + place)
        where pinned[root] is null
        group (entry.Key, place) by root into all
        orderby all.Key
        select (all.Key, all.GroupBy(p => p.Key).Select(g => new AxisPlaces(g.Key.Value, g.Key.Axis, [.. g.Select(p => p.place)])).ToSeq());

    /// <summary>Which places of an axis of a value stay where some classes go; null: all.</summary>
    public bool[]? Kept(Value value, int axis, IReadOnlySet<int> gone) => values.TryGetValue((value, axis), out var first) ? Kept(first, value.Type.Shape[axis], gone) : null;

    /// <summary>The same of an axis that a step sums over.</summary>
    public bool[]? Kept(Axis axis, IReadOnlySet<int> gone) => sums.TryGetValue(axis, out var first) ? Kept(first, axis.Extent, gone) : null;

    private bool[]? Kept(int first, Expr extent, IReadOnlySet<int> gone)
    {
        var kept = new bool[extent.Whole];
        for (var i = 0; i < kept.Length; i++) kept[i] = !gone.Contains(Root(first + i));
        return Array.TrueForAll(kept, k => k) ? null : kept;
    }

    private void Add(Node node)
    {
        if (Formula.Of(node) is not { } formula)
        {
            foreach (var value in node.Reads.Concat(node.Results).Concat(node.Regions.SelectMany(r => r.Captured))) Pin(value, $"{node.Op.Name} of %{node.Result.Name} has no formula that says what goes with what");
            return;
        }
        foreach (var weight in node.Reads.Where(v => v.IsWeight && v.Type.Encoding is not Dense)) Pin(weight, $"{weight} is stored as {weight.Type.Encoding}");
        foreach (var sum in formula.Reduces)
            foreach (var axis in sum.Axes.Where(a => IsFollowed(a.Extent)))
            {
                if (!sums.TryGetValue(axis, out var first)) sums[axis] = first = Make(axis.Extent.Whole);
                if (sum.Kind != ReduceKind.Sum || !IsProduct(sum.Body)) Pin(first, axis.Extent.Whole, $"{node.Op.Name} of %{node.Result.Name} runs over it");
            }
        int? Of(Axis axis) => sums.TryGetValue(axis, out var first) ? first : formula.Axes.Index().FirstOrDefault(p => p.Item == axis, (-1, null!)) is ( >= 0 and var i, _) ? Places(node.Result, i) : null;
        foreach (var load in formula.Reads) Add(node, formula.Operand(load), load, Of);
    }

    /// <summary>Whether numbers of two values are multiplied: what is 0 in one of them adds nothing.</summary>
    private static bool IsProduct(Expr body) => body switch
    {
        Binary { Operator: Operator.Multiply } product => product.Parts().OfType<Load>().Select(l => l.Buffer).Distinct().Count() > 1 && product.Parts().OfType<Call>().All(c => c.Function == Function.Select),
        Cast cast => IsProduct(cast.Operand),
        _ => false,
    };

    private void Add(Node node, Value value, Load load, Func<Axis, int?> places)
    {
        var why = $"{node.Op.Name} of %{node.Result.Name} reads {value} at places of its own";
        var edges = new List<(int Dimension, Seq<Axis> Axes)>();
        for (var d = 0; d < load.At.Count; d++)
        {
            var index = load.At[d];
            Seq<Axis> axes = [.. index.Parts().OfType<Axis>().Where(a => a.Extent is not Number { Integer: 1 })];
            if (value.Type.Shape[d] is Number { Integer: 1 } && axes.Count == 0) continue;
            if (Places(value, d) is not { } first || !IndexNumbers.Is(index) || index.Parts().Any(p => p is Symbol) || axes.Any(a => places(a) is null))
            {
                if (Places(value, d) is { } known) Pin(known, value.Type.Shape[d].Whole, why);
                foreach (var axis in axes) if (places(axis) is { } other) Pin(other, axis.Extent.Whole, why);
            }
            else if (axes.Count == 0)
            {
                if (IndexNumbers.Of(index, _ => 0, _ => 0) is var place && place >= 0 && place < value.Type.Shape[d].Whole) Pin(first + (int)place, 1, why);
            }
            else edges.Add((d, axes));
        }
        while (edges.Count > 0)
        {
            var (dimensions, axes) = (new List<int>(), new HashSet<Axis>(edges[0].Axes));
            for (var grows = true; grows;)
            {
                grows = false;
                foreach (var edge in edges.Where(e => e.Axes.Any(axes.Contains)).ToList())
                {
                    edges.Remove(edge);
                    dimensions.Add(edge.Dimension);
                    axes.UnionWith(edge.Axes);
                    grows = true;
                }
            }
            var component = new Component(why, value, load, [.. dimensions.Order()], [.. axes.OrderBy(a => a.Order)], places);
            if (dimensions.Count == 1 && axes.Count == 1) Tie(component, dimensions[0], component.Axes[0]);
            else waiting.Add(component);
        }
    }

    /// <summary>Of axes that only make sense together one is followed, the slowest that is not pinned: heads, groups, channels before pixels. The rest stays whole.</summary>
    private void Choose(Component all)
    {
        (int Dimension, Axis Axis)? chosen = null;
        foreach (var d in all.Dimensions)
            foreach (var axis in all.Axes.Where(a => all.Load.At[d].Mentions(a)).OrderByDescending(a => Span(all.Load.At[d], a)))
                if (chosen is null && !IsPinned(Places(all.Value, d)!.Value, all.Value.Type.Shape[d].Whole) && !IsPinned(all.Places(axis)!.Value, axis.Extent.Whole)) chosen = (d, axis);
        foreach (var d in all.Dimensions) if (d != chosen?.Dimension) Pin(Places(all.Value, d)!.Value, all.Value.Type.Shape[d].Whole, all.Why);
        foreach (var axis in all.Axes) if (axis != chosen?.Axis) Pin(all.Places(axis)!.Value, axis.Extent.Whole, all.Why);
        if (chosen is { } pair) Tie(all, pair.Dimension, pair.Axis);
    }

    /// <summary>How far an index moves as one axis does.</summary>
    private static long Span(Expr index, Axis axis) => Math.Abs(IndexNumbers.Of(index, a => a == axis ? a.Extent.Whole - 1 : 0, _ => 0) - IndexNumbers.Of(index, _ => 0, _ => 0));

    private void Tie(Component of, int dimension, Axis axis)
    {
        var (index, first, other, extent) = (of.Load.At[dimension], Places(of.Value, dimension)!.Value, of.Places(axis)!.Value, of.Value.Type.Shape[dimension].Whole);
        Seq<Axis> rest = [.. index.Parts().OfType<Axis>().Where(a => a != axis && a.Extent is not Number { Integer: 1 })];
        var combinations = rest.Aggregate(1L, (size, a) => size * a.Extent.Whole);
        if (combinations * axis.Extent.Whole > MostCombinations)
        {
            Pin(first, extent, of.Why);
            Pin(other, axis.Extent.Whole, of.Why);
            return;
        }
        for (var at = 0; at < axis.Extent.Whole; at++)
            for (var c = 0L; c < combinations; c++)
            {
                long Number(Axis a)
                {
                    if (a == axis) return at;
                    var left = c;
                    foreach (var r in rest)
                    {
                        if (r == a) return left % r.Extent.Whole;
                        left /= r.Extent.Whole;
                    }
                    return 0;
                }
                if (IndexNumbers.Of(index, Number, _ => 0) is var place && place >= 0 && place < extent) Join(first + (int)place, other + at);
            }
    }

    private int? Places(Value value, int axis)
    {
        if (!IsFollowed(value.Type.Shape[axis])) return null;
        if (!values.TryGetValue((value, axis), out var first)) values[(value, axis)] = first = Make(value.Type.Shape[axis].Whole);
        return first;
    }

    private static bool IsFollowed(Expr extent) => extent is Number { Integer: > 1 and <= MostPlaces };

    private int Make(long count)
    {
        var first = parent.Count;
        parent.AddRange(Enumerable.Range(first, (int)count));
        pinned.AddRange(Enumerable.Repeat((string?)null, (int)count));
        return first;
    }

    private int Root(int place)
    {
        while (parent[place] != place) place = parent[place] = parent[parent[place]];
        return place;
    }

    private void Join(int a, int b)
    {
        var (low, high) = (Math.Min(Root(a), Root(b)), Math.Max(Root(a), Root(b)));
        if (low == high) return;
        parent[high] = low;
        pinned[low] ??= pinned[high];
    }

    private void Pin(int first, long count, string why)
    {
        for (var i = 0; i < count; i++) pinned[Root(first + i)] ??= why;
    }

    private bool IsPinned(int first, long count)
    {
        for (var i = 0; i < count; i++) if (pinned[Root(first + i)] is null) return false;
        return true;
    }
}

/// <summary>Some indices along an axis of a value.</summary>
internal sealed record AxisPlaces(Value Value, int Axis, Seq<int> At);
