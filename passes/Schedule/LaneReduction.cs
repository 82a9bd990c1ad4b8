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
        if (chains > 1) steps.Add(For("k", Linear.Simplify(vectors / chains), k => Unroll("u", chains, u => Full(Linear.Simplify((k * chains + u) * width), u))));
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

        var join = new List<Stmt>();
        for (var c = 1L; c < chains; c++) join.Add(Vector("j", width, j => parts.Set([0, j], Reduce.Combine(reduce.Kind, parts[[0, j]], parts[[c, j]]))));
        for (var half = width / 2; half > 1; half /= 2) join.Add(Vector("j", half, j => parts.Set([0, j], Reduce.Combine(reduce.Kind, parts[[0, j]], parts[[0, Linear.Simplify(j + half)]]))));
        return new Scratch(parts, new Scratch(total, Do(
            Unroll("u", chains, u => Vector("j", width, j => parts.Set([u, j], reduce.Start))),
            total.Set([], reduce.Start),
            Nest(LoopKind.For, reduce.Axes.SkipLast(1), Do(steps)),
            Do(join),
            store(Reduce.Combine(reduce.Kind, Reduce.Combine(reduce.Kind, parts[[0, 0]], parts[[0, 1]]), total[[]])))));
    }
}
