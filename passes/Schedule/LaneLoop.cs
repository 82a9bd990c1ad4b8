using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>
/// A loop over several statements, or over one with sums of its own, whose iterations touch nothing of one another: iterations become lanes.
/// Sums over the same range run in one loop, their weights packed in the order in which they are read. A step of a recurrent cell is this.
/// </summary>
internal sealed class LaneLoop
{
    private readonly Axis axis;
    private readonly Stmt body;
    private readonly Machine machine;
    private readonly IReadOnlySet<string> constants;
    private readonly Func<string, string> name;
    private readonly List<Kernel> packs = [];
    private readonly HashSet<Buffer> stored;

    private LaneLoop(Loop loop, Machine machine, IReadOnlySet<string> constants, Func<string, string> name)
    {
        (axis, body, this.machine, this.constants, this.name) = (loop.Axis, loop.Body, machine, constants, name);
        stored = [.. body.All.OfType<Store>().Select(s => s.Buffer)];
    }

    /// <summary>Kernels that pack weights, run by the compiler.</summary>
    public IReadOnlyList<Kernel> Packs => packs;

    /// <param name="loop">A plain loop.</param>
    /// <param name="constants">Input buffers that are weights.</param>
    /// <param name="name">Makes names that nothing in the kernel has.</param>
    /// <returns>Null where iterations may depend on one another, or another template does better.</returns>
    public static LaneLoop? Find(Loop loop, Machine machine, IReadOnlySet<string> constants, Func<string, string> name)
    {
        if (loop is not { Kind: LoopKind.For, Axis: { Extent: Number { Integer: >= 4 } } axis }) return null;
        var found = new LaneLoop(loop, machine, constants, name);
        return found.IsIndependent() && (loop.Body is not Store || Sums(loop.Body).Any(sum => found.Gathered([sum]).Any())) ? found : null;
    }

    /// <summary>Registers, and places of the iteration's own that nothing else reads; no sum reads what the loop stores.</summary>
    private bool IsIndependent()
    {
        var local = body.All.OfType<Scratch>().Select(s => s.Buffer).ToHashSet();
        if (local.Any(b => b.Space != Space.Registers || b.Shape.Count > 0) || body.All.Any(s => s is Loop or Guard)) return false;
        var stores = body.All.OfType<Store>().ToList();
        if (!stores.TrueForAll(s => local.Contains(s.Buffer) || IsOwn(s.At) && Linear.Of(s.Buffer.Flat(s.At))[axis] == 1)) return false;
        if (!body.Loads.All(l => !stored.Contains(l.Buffer) || local.Contains(l.Buffer) || IsOwn(l.At))) return false;
        return Sums(body).All(sum => sum.Axes.All(a => a.Extent is Number) && !sum.Body.Parts().Any(p => p is Reduce || p is Load l && stored.Contains(l.Buffer)));
    }

    private bool IsOwn(Seq<Expr> at) => at.Count(i => i == (Expr)axis) == 1 && at.All(i => i == (Expr)axis || !i.Mentions(axis));

    private static IEnumerable<Reduce> Sums(Stmt body) => body.All.OfType<Store>().SelectMany(s => s.Value.Parts()).OfType<Reduce>().Distinct();

    /// <summary>Reads of weights that do not lie side by side along the lanes, and depend on the lane and the summed axes alone, not on numbers that a run decides.</summary>
    private IEnumerable<Load> Gathered(IEnumerable<Reduce> sums) => sums.SelectMany(sum => sum.Body.Parts().OfType<Load>().Where(l =>
        constants.Contains(l.Buffer.Name) && l.Outside is null && l.Mentions(axis) && Linear.Of(l.Buffer.Flat(l.At))[axis] != 1 && l.Free.All(a => a == axis || sum.Axes.Contains(a)) && !l.At.Any(i => i.Parts().OfType<Symbol>().Any()))).Distinct();

    /// <param name="shared">Whether the loop is worth sharing among threads.</param>
    /// <param name="turns">A loop around this one, or null: weights that no cache holds are read forth in one of its iterations and back in the next, so that what was read last is found again. What threads share is turned around by whoever hands it out.</param>
    public Stmt Schedule(bool shared, Axis? turns)
    {
        var (extent, lanes, steps, at) = (axis.Extent.Whole, (long)machine.Lanes, new List<Stmt>(), 0L);
        while (lanes > extent) lanes /= 2;
        var sums = Sums(body).ToList();
        if (sums.Sum(sum => Gathered([sum]).Count() * new Flattened(sum.Axes).Static * extent * 4) <= machine.Level2 / 2) turns = null;
        // Enough sums at once that their chains hide one another's latency, no more than registers hold, preferably no rest.
        var most = Math.Max(1, Math.Min(8, (machine.VectorRegisters - 6) / Math.Max(1, sums.Count)));
        var least = Math.Min(most, Placement.Up(12, Math.Max(1, sums.Count)));
        var wide = Enumerable.Range((int)least, (int)(most - least + 1)).Select(v => (long)v).FirstOrDefault(v => extent / lanes % v == 0, least);
        foreach (var (vectors, width) in new[] { (wide, lanes), (1, lanes), (1, lanes / 2), (1, lanes / 4), (1, 1) })
        {
            if (width == 0 || (extent - at) / (vectors * width) is not (> 0 and var count)) continue;
            steps.Add(Blocks(at, count, vectors, width, shared && vectors > 1, turns));
            at += count * vectors * width;
        }
        return Do(steps);
    }

    private Stmt Blocks(long from, long count, long vectors, long width, bool shared, Axis? turns)
    {
        var groups = Groups();
        var packed = new Dictionary<Load, Func<Expr, Expr, Expr, Seq<Axis>, Expr>>();
        foreach (var group in groups) Pack(group, from, count, vectors, width, packed);
        Stmt One(Expr block) => Block(groups, packed, block, from, vectors, width);
        if (count == 1) return One(0);
        Expr Turned(Expr block) => turns is null ? block : Expr.Select(Expr.Same(turns % 2, 0), block, count - 1 - block);
        return shared ? machine.Shared("n", count, One) : For("n", count, b => One(Turned(b)));
    }

    /// <summary>Sums that run in one loop: those over equal ranges.</summary>
    private List<Seq<Reduce>> Groups() => [.. Sums(body).GroupBy(sum => new Seq<long>([.. sum.Axes.Select(a => a.Extent.Whole)])).Select(g => new Seq<Reduce>([.. g]))];

    private void Pack(Seq<Reduce> group, long from, long count, long vectors, long width, Dictionary<Load, Func<Expr, Expr, Expr, Seq<Axis>, Expr>> packed)
    {
        foreach (var kind in Gathered(group).GroupBy(l => l.Type))
        {
            var loads = kind.ToList();
            var axes = group[0].Axes;
            var buffer = new Buffer(name("lanes"), kind.Key, [count, .. axes.Select(a => a.Extent), loads.Count, vectors * width]);
            var (block, lane) = (new Axis("n", count), new Axis("j", vectors * width));
            packs.Add(Kernel.Over(buffer.Name, [buffer], Nest(LoopKind.For, [block, .. axes, lane], Do(loads.Index().Select(load =>
                buffer.Set([block, .. axes, load.Index, lane], Aligned(load.Item, group, axes).Substitute((axis, Linear.Simplify(block * (vectors * width) + lane + from)))))))));
            foreach (var (i, load) in loads.Index()) packed[load] = (b, v, j, k) => buffer[[b, .. k, i, Linear.Simplify(v * width + j)]];
        }
    }

    /// <summary>A read of one of the group's sums over other axes.</summary>
    private static Expr Aligned(Load load, Seq<Reduce> group, Seq<Axis> axes) =>
        load.Substitute(group.First(sum => sum.Body.Parts().Contains(load)).Axes.Zip(axes).Select(p => (p.First, (Expr)p.Second)));

    private Stmt Block(List<Seq<Reduce>> groups, Dictionary<Load, Func<Expr, Expr, Expr, Seq<Axis>, Expr>> packed, Expr block, long from, long vectors, long width)
    {
        Stmt Each(Func<Expr, Expr, Stmt> inside) => Over(LoopKind.Unroll, "v", vectors, v => width == 1 ? inside(v, 0) : Vector("j", width, j => inside(v, j)));
        (Axis, Expr) Lane(Expr v, Expr j) => (axis, Linear.Simplify(block * (vectors * width) + v * width + j + from));
        var (sums, locals) = (new Dictionary<Expr, Buffer>(), new Dictionary<Buffer, Buffer>());
        foreach (var sum in groups.SelectMany(g => g)) sums[sum] = new(name("sum"), sum.Type, [vectors, width], Space.Registers);
        foreach (var scratch in body.All.OfType<Scratch>()) locals[scratch.Buffer] = scratch.Buffer with { Shape = [vectors, width] };
        Expr Placed(Expr e, Expr v, Expr j) => e.Replace(part => part switch
        {
            Reduce when sums.TryGetValue(part, out var sum) => sum[[v, j]],
            Load l when locals.TryGetValue(l.Buffer, out var local) => local[[v, j]],
            _ => null,
        }).Placed(Lane(v, j));

        var steps = new List<Stmt>();
        foreach (var group in groups)
        {
            var axes = group[0].Axes.Select(a => a.Fresh()).ToSeq();
            steps.Add(Each((v, j) => Do(group.Select(sum => sums[sum].Set([v, j], sum.Start)))));
            steps.Add(Nest(LoopKind.For, axes, Do(group.Select(sum => Each((v, j) =>
            {
                var term = sum.Body.Replace(part => part is Load l && packed.TryGetValue(l, out var read) ? read(block, v, j, [.. axes]) : null)
                    .Substitute(sum.Axes.Zip(axes).Select(p => (p.First, (Expr)p.Second))).Placed(Lane(v, j));
                return sums[sum].Set([v, j], Combined(sum.Kind, sums[sum][[v, j]], term));
            })))));
        }
        steps.AddRange(body.All.OfType<Store>().Select(store => Each((v, j) => locals.TryGetValue(store.Buffer, out var local)
            ? local.Set([v, j], Placed(store.Value, v, j))
            : store.Buffer.Set(store.At.Placed([Lane(v, j)]), Placed(store.Value, v, j)))));
        return sums.Values.Concat(locals.Values).Aggregate(Do(steps), (inside, buffer) => new Scratch(buffer, inside));
    }

    private Expr Combined(ReduceKind kind, Expr total, Expr term) => kind == ReduceKind.Sum && term is Binary { Operator: Operator.Multiply, Type: Scalar.F32 } product
        ? machine.MultiplyAdd(product.A, product.B, total) : Reduce.Combine(kind, total, term);
}
