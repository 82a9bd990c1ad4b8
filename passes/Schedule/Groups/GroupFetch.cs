using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>How a block of one factor of a contraction comes from memory into the registers of a group's threads: each has some numbers of it, runs side by side, and neighbouring threads have neighbouring runs.</summary>
internal sealed class GroupFetch
{
    private readonly Expr factor;
    private readonly Flattened axes;
    private readonly int width, depth, threads, run;
    private readonly GroupSteps steps;
    private readonly Buffer slots;

    /// <param name="factor">Its formula.</param>
    /// <param name="axes">Axes of the result that it has.</param>
    /// <param name="width">How many of their places a group has.</param>
    /// <param name="depth">Steps of the sum in a block.</param>
    /// <param name="most">Most numbers that a thread reads at once.</param>
    public GroupFetch(string name, Expr factor, Seq<Axis> axes, int width, int depth, int threads, int most, GroupSteps steps)
    {
        (this.factor, this.axes, this.width, this.depth, this.threads, this.steps, run) = (factor, new(axes), width, depth, threads, steps, most);
        var load = factor.Parts().OfType<Load>().FirstOrDefault(l => axes.Any(l.Mentions)) ?? factor.Parts().OfType<Load>().First();
        AlongSteps = axes is not [.., var last] || Linear.Of(load.Buffer.Flat(load.At))[last] is not 1 and not -1;
        var each = width * depth / threads;
        while (each % run != 0 || (AlongSteps ? depth : width) % run != 0) run /= 2;
        slots = new(name, factor.Type, [threads, GroupSteps.Ahead, each], Space.Registers);
    }

    /// <summary>Whether threads side by side read along the sum, and not along results.</summary>
    public bool AlongSteps { get; }

    public Stmt Around(Stmt body) => new Scratch(slots, body);

    /// <summary>Reads the numbers of a block of steps into one of the slots of registers.</summary>
    /// <param name="first">The first place of the group.</param>
    /// <param name="batch">Indices of the axes that both factors have.</param>
    public Stmt Fetch(Expr t, Expr slot, Expr block, Expr first, Seq<(Axis, Expr)> batch) => Each(t, (p, step, place) =>
    {
        var at = Linear.Simplify(first + place);
        // Beyond the end the last is read again: what becomes of it is not stored.
        if (axes.Static == 0 || axes.Static % width != 0) at = Expr.Min(at, Linear.Simplify(axes.Extent - 1));
        var (places, isInside) = steps.At(block, step);
        Seq<(Axis, Expr)> all = [.. batch, .. axes.At(at), .. places];
        var number = factor.Substitute(all);
        return slots.Set([t, slot, p], isInside is null ? number : Expr.Select(isInside, number, Zero));
    });

    /// <summary>Puts a slot where it goes, given step, place and number.</summary>
    public Stmt Put(Expr t, Expr slot, Func<Expr, Expr, Expr, Stmt> store) => Each(t, (p, step, place) => store(step, place, slots[t, slot, p]));

    private Expr Zero => factor.Type.IsReal && factor.Type != Scalar.F64 ? Number.Of(Scalar.F32, 0).As(factor.Type) : Number.Of(factor.Type, 0);

    /// <summary>What a thread does with each of its numbers, given which it is, its step and its place.</summary>
    private Stmt Each(Expr t, Func<Expr, Expr, Expr, Stmt> body) => Unroll("p", slots.Shape[2], p =>
    {
        var turn = (AlongSteps ? depth : width) / run;
        var (near, round) = (Linear.Simplify(p % run), Linear.Simplify(p / run));
        // Whole rounds of threads are taken out: what is left of the division does not change from one number of a thread to the next.
        var (along, across) = threads % turn == 0
            ? (Linear.Simplify(t % turn), Linear.Simplify(round * (threads / turn) + t / turn))
            : (Linear.Simplify((round * threads + t) % turn), Linear.Simplify((round * threads + t) / turn));
        along = Linear.Simplify(along * run + near);
        return AlongSteps ? body(p, along, across) : body(p, across, along);
    });
}
