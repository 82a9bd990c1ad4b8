using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>
/// The template for everything that is not a contraction: loops in the order of memory, the axis that lies side by side in vectors,
/// reductions in register sums, the outermost loop shared among threads. Loops whose order could matter are left as they are.
/// </summary>
public sealed class VectorNest(Machine machine, IReadOnlySet<string> constants)
{
    /// <summary>Numbers worked on below which a loop is not worth sharing among threads.</summary>
    private const long WorthSharing = 32 << 10;

    /// <summary>The same for sums of products, which take less.</summary>
    private const long WorthSharingSums = 256 << 10;

    private readonly LaneReduction across = new(machine);
    private readonly List<Kernel> packs = [];
    private int names;

    public Scheduled Schedule(Kernel kernel)
    {
        var body = Visit(kernel.Body.Map(e => e.Replace(part => part is Reduce reduce ? NearLast(reduce) : null)), shared: false);
        var pace = new Pace(2 * Effort.Of(kernel.Body) / machine.Lanes, kernel.Inputs.Where(b => constants.Contains(b.Name)).Sum(Touched));
        return packs.Count == 0 ? new(kernel with { Body = body }, [], "vectors", pace) : new(Kernel.Over(kernel.Name, kernel.Outputs, body), [.. packs], "lanes of statements", pace);

        // Rows picked from a table are no more than what is made of them.
        double Touched(Buffer weight) => weight.Scalar.Bits / 8.0 * Math.Min(Sizes.Guess(weight.Size), kernel.Outputs.Sum(o => (double)Sizes.Guess(o.Size)));
    }

    private bool IsWorth(long work, long least) => machine.Chosen is { Share: not Wish.Model and var wish } ? wish == Wish.Yes : work >= least;

    /// <param name="around">The innermost loop around it whose iterations run one after another.</param>
    private Stmt Visit(Stmt stmt, bool shared, Axis? around = null)
    {
        switch (stmt)
        {
            case Loop loop when LaneLoop.Find(loop, machine, constants, name => $"{name}{names++}") is { } lanes:
                var inLanes = lanes.Schedule(!shared && IsWorth(Work(loop), WorthSharingSums), around);
                packs.AddRange(lanes.Packs);
                return inLanes;
            case Loop loop:
                var (axes, inside) = Perfect(loop);
                if (inside is Store store && IsIndependent(store, axes)) return Nest(axes, store, shared);
                if (!shared && loop.Kind == LoopKind.For && IsShareable(loop) && IsWorth(Work(loop), WorthSharing))
                {
                    var (together, body) = (new List<Axis> { loop.Axis }, loop.Body);
                    for (; Few(together) && body is Loop { Kind: LoopKind.For } next && IsShareable(next); body = next.Body) together.Add(next.Axis);
                    var flat = new Flattened([.. together]);
                    return machine.Shared(loop.Axis.Name, flat.Extent, i => Visit(body, true).Map(e => e.Substitute(flat.At(i))));
                }
                return new Loop(loop.Kind, loop.Axis, Visit(loop.Body, shared, loop.Axis));
            case Block block: return Do(block.Steps.Select(s => Visit(s, shared, around)));
            case Scratch { Body: Block { Steps: [Store { Value: Reduce reduce } sum, .. var rest] } } scratch when sum.Buffer == scratch.Buffer && Kept(reduce, Do(rest)) is var (keep, reader):
                return new Scratch(scratch.Buffer, Do(across.Schedule(total => sum.Buffer.Set(sum.At, total), reduce, keep), Visit(reader, shared, around)));
            case Scratch scratch: return new Scratch(scratch.Buffer, Visit(scratch.Body, shared, around));
            case Guard guard: return new Guard(guard.Condition, Visit(guard.Body, shared, around));
            case Store single: return AcrossLanes(single);
            default: return stmt;
        }
    }

    /// <summary>Where terms of a sum are what a loop over the same range needs again, as softmax's powers are: they are kept where that loop stores its results.</summary>
    /// <returns>What keeps a term, and the loop that reads it; null where nothing is gained.</returns>
    private (Func<Expr, Expr, Stmt> Keep, Stmt Reader)? Kept(Reduce reduce, Stmt rest)
    {
        if (rest is not Loop { Kind: LoopKind.For, Axis: var axis, Body: Store store } || reduce.Axes is not [var near] || near.Extent != axis.Extent || !across.Fits(reduce)) return null;
        var term = reduce.Body.Substitute((near, axis));
        if (store.Buffer.Scalar != reduce.Type || !IsIndependent(store, [axis]) || !term.Parts().Any(p => p is Call { Function: >= Function.Sqrt and <= Function.Atanh }) || !store.Value.Parts().Contains(term)) return null;
        var value = store.Value.Replace(part => part == term ? store.Buffer[store.At] : null);
        // What else the loop reads along the way could have been overwritten.
        if (value.Parts().OfType<Load>().Any(l => l.Mentions(axis) && l.Buffer != store.Buffer) || reduce.Body.Parts().OfType<Load>().Any(l => l.Buffer == store.Buffer)) return null;
        return ((i, number) => store.Buffer.Set(store.At.Placed([(axis, i)]), number), new Loop(LoopKind.For, axis, new Store(store.Buffer, store.At, value)));
    }

    /// <summary>A store of one number with its reduction in lanes, where it has one whose terms lie side by side.</summary>
    private Stmt AcrossLanes(Store store) => OnlyReduction(store) is { } reduce && across.Fits(reduce)
        ? across.Schedule(total => store.Buffer.Set(store.At, store.Value.Replace(part => part == reduce ? total : null)), reduce) : store;

    /// <summary>The reduction that a number is worked out from, alone or with more arithmetic around it, as in a mean; null where there are none or several.</summary>
    private static Reduce? OnlyReduction(Store store) => store.Value.Parts().OfType<Reduce>().Distinct().ToList() is [var one] ? one : null;

    /// <summary>The summed axis whose neighbours lie side by side in memory goes last.</summary>
    private static Reduce? NearLast(Reduce reduce)
    {
        if (reduce.Axes.Count < 2 || reduce.Body.Parts().OfType<Reduce>().Any()) return null;
        var flats = reduce.Body.Parts().OfType<Load>().Select(l => Linear.Of(l.Buffer.Flat(l.At))).ToList();
        if (flats.Exists(f => f[reduce.Axes[^1]] == 1) || reduce.Axes.FirstOrDefault(axis => flats.Exists(f => f[axis] == 1)) is not { } near) return null;
        return (Reduce)Reduce.Of(reduce.Kind, [.. reduce.Axes.Where(axis => axis != near), near], reduce.Body);
    }

    private static (Seq<Axis> Axes, Stmt Inside) Perfect(Loop loop)
    {
        var axes = new List<Axis>();
        Stmt inside = loop;
        for (; inside is Loop { Kind: LoopKind.For } l; inside = l.Body) axes.Add(l.Axis);
        return ([.. axes], inside);
    }

    /// <summary>Each iteration fills a place of its own, an index for each loop, from 0 or from where a part begins, and reads none that another fills: it may be stored over what was there.</summary>
    private static bool IsIndependent(Store store, Seq<Axis> axes) =>
        axes.All(axis => store.At.Count(i => i.Mentions(axis)) == 1)
        && store.At.All(i => axes.Where(i.Mentions).ToList() switch { [] => true, [var own] => !Linear.Simplify(i - own).Mentions(own), _ => false })
        && store.Value.Parts().OfType<Load>().All(l => l.Buffer != store.Buffer || l.At == store.At);

    /// <summary>Whether loops have, for all that is known, too few iterations to be shared evenly.</summary>
    private static bool Few(IEnumerable<Axis> axes) => axes.Aggregate(1L, (size, axis) => size * (axis.Extent is Number n ? n.Integer : 1)) < 4;

    private static bool IsShareable(Loop loop)
    {
        var local = loop.Body.All.OfType<Scratch>().Select(s => s.Buffer).ToHashSet();
        var stores = loop.Body.All.OfType<Store>().Where(s => !local.Contains(s.Buffer)).ToList();
        return stores.All(s => s.At.Contains(loop.Axis)) && !loop.Body.Loads.Any(l => stores.Any(s => s.Buffer == l.Buffer));
    }

    /// <summary>Numbers a loop works on; what is not known when compiling counts as many.</summary>
    private static long Work(Stmt stmt) => stmt switch
    {
        Loop l => Math.Min(1L << 40, Extent(l.Axis) * Math.Max(1, Work(l.Body))),
        Store s => s.Value.Parts().OfType<Reduce>().SelectMany(r => r.Axes).Distinct().Aggregate(1L, (work, axis) => Math.Min(1L << 40, work * Extent(axis))),
        _ => stmt.Inner.Sum(Work),
    };

    /// <summary>How many parts of loops are worth a thread's while in a run; null where their extents are known.</summary>
    private static Expr? Parts(Seq<Axis> axes) => axes.All(a => a.Extent is Number) ? null : Linear.Simplify(new Flattened(axes).Extent / (WorthSharing / 2));

    private static long Extent(Axis axis) => axis.Extent is Number n ? n.Integer : 1 << 10;

    private Stmt Nest(Seq<Axis> axes, Store store, bool shared)
    {
        var order = store.Buffer.Order is [] ? Enumerable.Range(0, store.At.Count) : store.Buffer.Order;
        List<Axis> nested = [.. order.SelectMany(i => axes.Where(a => Linear.Of(store.At[i])[a] == 1)).Where(a => a.Extent is not Number { Integer: 1 })];
        var ones = axes.Where(a => a.Extent is Number { Integer: 1 }).Select(a => (a, (Expr)0)).ToList();
        if (ones.Count > 0) store = Substituted(store, ones);
        if (nested.Count == 0) return AcrossLanes(store);
        foreach (var axis in nested)
        {
            var pieces = Piecewise.Pieces(axis, store.Value);
            if (pieces.Count > 1) return Do(pieces.Select(piece => Piece(nested, axis, piece.From, piece.To, store, shared)));
        }
        while (nested.Count > 1 && Merge(nested[^2], nested[^1], store) is var (merged, together))
        {
            nested.RemoveRange(nested.Count - 2, 2);
            nested.Add(merged);
            store = together;
        }
        var worth = !shared && IsWorth(Work(Nest(LoopKind.For, nested, store)), WorthSharing);
        if (worth && OnlyReduction(store) is { } sum && SplitSum.Find(store, [.. nested], sum, $"parts{names++}", (around, inside) => Nest(around, inside, shared: true)) is { } split) return split;
        var parts = Parts([.. nested, .. store.Value.Parts().OfType<Reduce>().SelectMany(r => r.Axes).Distinct()]);
        var lane = nested[^1];
        var acrossLanes = OnlyReduction(store) is { } reduce && PrefersLanesOf(reduce, lane);
        Stmt Inner(Store s) => acrossLanes ? For(lane.Name, lane.Extent, i => AcrossLanes(Substituted(s, [(lane, i)]))) : Vectors(lane, s, worth && nested.Count == 1, parts);
        if (nested.Count == 1) return acrossLanes && worth ? machine.Shared(lane.Name, lane.Extent, i => AcrossLanes(Substituted(store, [(lane, i)])), parts) : Inner(store);
        if (!worth) return Nest(LoopKind.For, nested.SkipLast(1), Inner(store));
        var outer = 1;
        while (outer < nested.Count - 1 && Few(nested.Take(outer))) outer++;
        var flat = new Flattened([.. nested.Take(outer)]);
        return machine.Shared(nested[0].Name, flat.Extent, i => Nest(LoopKind.For, nested.Skip(outer).SkipLast(1), Inner(Substituted(store, flat.At(i)))), parts);
    }

    /// <summary>The nest over a stretch of one axis, its conditions decided where they can be.</summary>
    private Stmt Piece(List<Axis> axes, Axis axis, long from, long to, Store store, bool shared)
    {
        var part = new Axis(axis.Name, to - from);
        var inside = new Store(store.Buffer, store.At.Placed([(axis, part + from)]), Piecewise.Decided(store.Value.Placed((axis, part + from))));
        return Nest([.. axes.Select(a => a == axis ? part : a)], inside, shared);
    }

    private static Stmt Nest(LoopKind kind, IEnumerable<Axis> axes, Stmt body) => Stmts.Nest(kind, axes, body);

    /// <summary>Two neighbouring axes as one, where every read stays as simple as it was.</summary>
    private static (Axis, Store)? Merge(Axis outer, Axis inner, Store store)
    {
        if (inner.Extent is not Number) return null;
        var loads = store.Value.Parts().OfType<Load>().Where(l => l.Mentions(outer) || l.Mentions(inner)).ToList();
        if (loads.Any(l => l.Outside is not null || l.At.Any(i => i.Parts().OfType<Load>().Any())) || UsedElsewhere(store.Value, outer) || UsedElsewhere(store.Value, inner)) return null;
        var both = new Axis(outer.Name, Linear.Simplify(outer.Extent * inner.Extent));
        (Axis, Expr)[] at = [(outer, both / inner.Extent), (inner, both % inner.Extent)];
        bool Simple(Buffer buffer, Seq<Expr> index) => Linear.Of(buffer.Flat([.. index.Select(i => Linear.Simplify(i.Substitute(at)))])).Terms.Keys.All(atom => atom is Axis || !atom.Mentions(both));
        return loads.All(l => Simple(l.Buffer, l.At)) && Simple(store.Buffer, store.At) ? (both, Substituted(store, at)) : null;
    }

    /// <summary>Whether an index counts for itself, not only in what it reads.</summary>
    private static bool UsedElsewhere(Expr e, Axis axis)
    {
        var seen = new HashSet<Expr>(ReferenceEqualityComparer.Instance);
        bool Uses(Expr part) => part.Mentions(axis) && seen.Add(part) && (part == axis || part is not Load && part.Children.Any(Uses) || part is Load { Outside: { } o } && Uses(o));
        return Uses(e);
    }

    /// <summary>The lane axis in full vectors, then in ever shorter ones.</summary>
    private Stmt Vectors(Axis lane, Store store, bool share, Expr? parts)
    {
        if (store.Value.Parts().OfType<Reduce>().Any(r => r.Body.Parts().OfType<Reduce>().Any())) return new Loop(LoopKind.For, lane, store);
        var full = machine.Lanes;
        var extent = lane.Extent as Number;
        if (extent is not null && extent.Integer < 4) return For(lane.Name, lane.Extent, i => Vector(lane, store, i, 1));
        while (extent is not null && full > extent.Integer) full /= 2;
        var count = Linear.Simplify(lane.Extent / full);
        Stmt Body(Expr i) => Vector(lane, store, i * full, full);
        var steps = new List<Stmt> { share ? machine.Shared(lane.Name, count, Body, parts) : For(lane.Name, count, Body) };
        if (extent is null) steps.Add(For(lane.Name, Linear.Simplify(lane.Extent % full), i => Vector(lane, store, Linear.Simplify(lane.Extent / full * full + i), 1)));
        else
        {
            var at = extent.Integer / full * full;
            for (var width = full / 2; width >= 4; width /= 2)
            {
                if (extent.Integer - at < width) continue;
                steps.Add(Vector(lane, store, at, width));
                at += width;
            }
            var rest = extent.Integer - at;
            if (rest > 0) steps.Add(For(lane.Name, rest, i => Vector(lane, store, Linear.Simplify(i + at), 1)));
        }
        return Do(steps);
    }

    /// <summary>One vector of results: its reductions in register sums, then the store.</summary>
    private Stmt Vector(Axis lane, Store store, Expr from, long width)
    {
        Stmt InLanes(Func<Expr, Stmt> body) => width == 1 ? body(0) : Stmts.Vector("j", width, body);
        Expr At(Expr e, Expr j) => e.Substitute((lane, Linear.Simplify(from + j)));
        var sums = new Dictionary<Expr, Buffer>();
        foreach (var reduce in store.Value.Parts().OfType<Reduce>()) sums[reduce] = new Buffer($"sum{names++}", reduce.Type, [width], Space.Registers);
        Stmt result = InLanes(j => Substituted(store, [(lane, Linear.Simplify(from + j))], e => sums.TryGetValue(e, out var sum) ? sum[[j]] : null));
        var (steps, rows) = (new List<Stmt>(), new List<Buffer>());
        foreach (var (e, sum) in sums)
        {
            var reduce = (Reduce)e;
            steps.Add(InLanes(j => sum.Set([j], reduce.Start)));
            var add = InLanes(j => sum.Set([j], Reduce.Combine(reduce.Kind, sum[[j]], At(reduce.Body, j))));
            if (!SumRows.Asked(reduce, reduce.Axes.Select(axis => axis.Extent)))
            {
                steps.Add(Nest(LoopKind.For, reduce.Axes, add));
                continue;
            }
            // A level of sums for rows; one more for rows of rows, where those are many too.
            var last = reduce.Axes[^1];
            List<Buffer> levels = [sum, .. Enumerable.Range(0, SumRows.IsLong(SumRows.Rows(last.Extent)) ? 2 : 1).Select(_ => new Buffer($"rows{names++}", reduce.Type, [width], Space.Registers))];
            rows.AddRange(levels.Skip(1));
            foreach (var level in levels.Skip(1)) steps.Add(InLanes(j => level.Set([j], reduce.Start)));
            Seq<Stmt> puts = [.. levels.Zip(levels.Skip(1), (low, high) => InLanes(j => Do(high.Set([j], high[[j]] + low[[j]]), low.Set([j], reduce.Start))))];
            steps.Add(Nest(LoopKind.For, reduce.Axes.SkipLast(1), SumRows.Loop(last.Name, last.Extent, i => add.Map(e => e.Substitute((last, i))), puts)));
            steps.Add(InLanes(j => sum.Set([j], levels[^1][[j]])));
        }
        return sums.Values.Concat(rows).Aggregate(Do([.. steps, result]), (inside, sum) => new Scratch(sum, inside));
    }

    /// <summary>Whether a reduction reads side by side along its own axes, not along the results'.</summary>
    private static bool PrefersLanesOf(Reduce reduce, Axis lane)
    {
        var near = reduce.Axes[^1];
        var flats = reduce.Body.Parts().OfType<Load>().Select(l => Linear.Of(l.Buffer.Flat(l.At))).ToList();
        return near.Extent is Number { Integer: >= 8 } && flats.Any(f => f[near] == 1) && !flats.Any(f => f[lane] == 1) && !reduce.Body.Parts().OfType<Reduce>().Any();
    }

    private static Store Substituted(Store store, IEnumerable<(Axis, Expr)> at, Func<Expr, Expr?>? part = null)
    {
        var value = part is null ? store.Value : store.Value.Replace(part);
        return new(store.Buffer, store.At.Placed(at), value.Placed(at));
    }
}
