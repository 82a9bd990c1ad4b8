using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>One number from many that lie side by side: vectors of partial results along the last summed axis, joined at the end by halves.</summary>
internal sealed class LaneReduction(Machine machine)
{
    /// <summary>Vectors of partial results: so many steps run at once.</summary>
    private const long Chains = 4;

    private int names;

    /// <summary>Whether the reduction's terms lie side by side and are enough to fill a vector.</summary>
    public bool Fits(Reduce reduce) => reduce.Axes[^1] is var near && !reduce.Body.Parts().OfType<Reduce>().Any() && near.Extent is not Number { Integer: < 4 }
        && (near.Extent is not Number { Integer: var known } || known >= machine.Lanes) && reduce.Body.Parts().OfType<Load>().Any(l => Linear.Of(l.Buffer.Flat(l.At))[near] == 1);

    /// <param name="store">Where the number goes, given the reduction's result.</param>
    /// <param name="reduce">What it is the result of.</param>
    /// <param name="keep">Stores a term, given its place along the last summed axis, for steps that need it again; null for none.</param>
    public Stmt Schedule(Func<Expr, Stmt> store, Reduce reduce, Func<Expr, Expr, Stmt>? keep = null)
    {
        var (near, width) = (reduce.Axes[^1], (long)machine.Lanes);
        var chains = near.Extent is Number { Integer: var terms } && terms < 2 * Chains * width ? 1 : Chains;
        var (parts, total) = (new Buffer($"part{names}", reduce.Type, [chains, width], Space.Registers), new Buffer($"all{names++}", reduce.Type, [], Space.Registers));
        Expr Term(Expr i) => reduce.Body.Placed((near, i));
        Stmt Into(Buffer buffer, Seq<Expr> at, Expr i) => keep is null
            ? buffer.Set(at, Reduce.Combine(reduce.Kind, buffer[at], Term(i)))
            : Do(keep(i, Term(i)), buffer.Set(at, Reduce.Combine(reduce.Kind, buffer[at], Term(i))));
        Stmt Full(Expr i, Expr chain) => Vector("j", width, j => Into(parts, [chain, j], Linear.Simplify(i + j)));

        var steps = new List<Stmt>();
        var vectors = Linear.Simplify(near.Extent / width);
        var (outer, rounds) = (reduce.Axes.SkipLast(1).ToList(), Linear.Simplify(vectors / chains));
        // Sums of very many terms are sums of sums.
        var rows = SumRows.Asked(reduce, [.. outer.Select(axis => axis.Extent), rounds]);
        var before = new Buffer($"before{names - 1}", reduce.Type, [width], Space.Registers);
        Stmt Put() => Do(
            Unroll("u", chains, u => Vector("j", width, j => Do(before.Set([j], before[[j]] + parts[[u, j]]), parts.Set([u, j], reduce.Start)))),
            near.Extent is Number ? Do() : Do(before.Set([0], before[[0]] + total[[]]), total.Set([], reduce.Start)));
        Stmt Round(Expr k) => Unroll("u", chains, u => Full(Linear.Simplify((k * chains + u) * width), u));
        if (chains > 1) steps.Add(rows && SumRows.IsLong(rounds) ? SumRows.Loop("k", rounds, Round, Put()) : For("k", rounds, Round));
        var single = chains == 1 ? vectors : Linear.Simplify(vectors % chains);
        if (single is not Number { Integer: 0 }) steps.Add(For("k", single, k => Full(Linear.Simplify((vectors - single + k) * width), 0)));
        if (near.Extent is Number { Integer: var extent })
            for (var (at, lanes) = (extent / width * width, width / 2); at < extent; lanes /= 2)
            {
                if (extent - at < lanes) continue;
                var from = at;
                steps.Add(lanes == 1 ? Into(parts, [0, 0], from) : Vector("j", lanes, j => Into(parts, [0, j], Linear.Simplify(j + from))));
                at += lanes;
            }
        else steps.Add(For("k", Linear.Simplify(near.Extent % width), k => Into(total, [], Linear.Simplify(vectors * width + k))));

        if (rows && outer.Count > 0) steps.Add(Put());
        // As many rows as that are a row of rows.
        var high = rows && outer.Count > 0 && SumRows.IsLong(outer[^1].Extent);
        var above = new Buffer($"above{names - 1}", reduce.Type, [width], Space.Registers);

        var join = new List<Stmt>();
        if (rows) join.Add(Vector("j", width, j => parts.Set([0, j], high ? parts[[0, j]] + before[[j]] + above[[j]] : parts[[0, j]] + before[[j]])));
        for (var c = 1L; c < chains; c++) join.Add(Vector("j", width, j => parts.Set([0, j], Reduce.Combine(reduce.Kind, parts[[0, j]], parts[[c, j]]))));
        for (var half = width / 2; half > 1; half /= 2) join.Add(Vector("j", half, j => parts.Set([0, j], Reduce.Combine(reduce.Kind, parts[[0, j]], parts[[0, Linear.Simplify(j + half)]]))));
        var body = new Scratch(parts, new Scratch(total, Do(
            rows ? Vector("j", width, j => before.Set([j], reduce.Start)) : Do(),
            high ? Vector("j", width, j => above.Set([j], reduce.Start)) : Do(),
            Unroll("u", chains, u => Vector("j", width, j => parts.Set([u, j], reduce.Start))),
            total.Set([], reduce.Start),
            high ? Nest(LoopKind.For, outer.SkipLast(1), High(outer[^1])) : Nest(LoopKind.For, outer, Do(steps)),
            Do(join),
            store(Reduce.Combine(reduce.Kind, Reduce.Combine(reduce.Kind, parts[[0, 0]], parts[[0, 1]]), total[[]])))));
        return high ? new Scratch(above, new Scratch(before, body)) : rows ? new Scratch(before, body) : body;

        Stmt High(Axis axis) => SumRows.Loop("i", axis.Extent, i => Do(steps).Map(e => e.Substitute((axis, i))),
            Vector("j", width, j => Do(above.Set([j], above[[j]] + before[[j]]), before.Set([j], reduce.Start))));
    }
}
