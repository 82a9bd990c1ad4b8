using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>One factor of a contraction on its way through the shared memory of a group: threads read a block of it, each some numbers, and put them where all find them.</summary>
internal sealed class GroupSide
{
    private readonly Expr factor;
    private readonly Flattened axes;
    private readonly int width;
    private readonly GroupTile tile;
    private readonly GroupSteps steps;
    private readonly Buffer numbers, fetched;
    private readonly bool alongSteps;

    /// <param name="factor">Its formula.</param>
    /// <param name="axes">Axes of the result that it has.</param>
    /// <param name="width">How many of their places a group has.</param>
    public GroupSide(string name, Expr factor, Seq<Axis> axes, int width, GroupTile tile, GroupSteps steps)
    {
        (this.factor, this.axes, this.width, this.tile, this.steps) = (factor, new(axes), width, tile, steps);
        numbers = new(name, factor.Type, [2, tile.Depth, width], Space.Shared);
        fetched = new($"{name}.next", factor.Type, [tile.Threads, GroupSteps.Ahead, width * tile.Depth / tile.Threads], Space.Registers);
        // Neighbouring threads read neighbouring numbers.
        var load = factor.Parts().OfType<Load>().FirstOrDefault(l => axes.Any(l.Mentions)) ?? factor.Parts().OfType<Load>().First();
        alongSteps = axes is not [.., var last] || Linear.Of(load.Buffer.Flat(load.At))[last] is not 1 and not -1;
    }

    /// <summary>A number in shared memory, by stage, step, and the run of places and the place in it.</summary>
    public Expr this[Expr stage, Expr step, Expr run, Expr near] => numbers[[.. Place(stage, step, run, near)]];

    public Stmt Around(Stmt body) => new Scratch(numbers, new Scratch(fetched, body));

    /// <summary>Where it lies. What comes in along steps is stored across: runs of places change seats from one run of steps to the next, so that threads side by side meet no bank twice.</summary>
    private Seq<Expr> Place(Expr stage, Expr step, Expr run, Expr near)
    {
        const int seats = 32 / GroupTile.Run;
        var each = tile.Depth / GroupTile.Run;
        if (!alongSteps || each > seats || width / GroupTile.Run % seats != 0) return [stage, step, Linear.Simplify(run * GroupTile.Run + near)];
        return [stage, step, Linear.Simplify((run ^ Linear.Simplify(step / GroupTile.Run % each * (seats / each))) * GroupTile.Run + near)];
    }

    /// <summary>Reads the numbers of a block of steps into one of two slots of registers.</summary>
    public Stmt Fetch(Expr t, Expr slot, Expr block, Expr first, Seq<(Axis, Expr)> batch) => Unroll("p", fetched.Shape[2], p =>
    {
        var (step, place) = At(t, p);
        var at = Linear.Simplify(first + place);
        // Beyond the end the last is read again: what becomes of it is not stored.
        if (axes.Static == 0 || axes.Static % width != 0) at = Expr.Min(at, Linear.Simplify(axes.Extent - 1));
        var (places, isInside) = steps.At(block, step);
        Seq<(Axis, Expr)> all = [.. batch, .. axes.At(at), .. places];
        var number = factor.Substitute(all);
        return fetched.Set([t, slot, p], isInside is null ? number : Expr.Select(isInside, number, Number.Of(factor.Type, 0)));
    });

    /// <summary>Puts what was read where all threads find it.</summary>
    public Stmt Put(Expr t, Expr slot, Expr stage) => Unroll("p", fetched.Shape[2], p =>
    {
        var (step, place) = At(t, p);
        return numbers.Set(Place(stage, step, Linear.Simplify(place / GroupTile.Run), Linear.Simplify(place % GroupTile.Run)), fetched[t, slot, p]);
    });

    /// <summary>Which number a thread's <paramref name="p"/>th is: a run of them lies side by side, and neighbouring threads have neighbouring runs.</summary>
    private (Expr Step, Expr Place) At(Expr t, Expr p)
    {
        var run = (int)Math.Min(GroupTile.Run, fetched.Shape[2].Whole & -fetched.Shape[2].Whole);
        var (near, length) = (Linear.Simplify(p % run), alongSteps ? tile.Depth : width);
        // Whole rounds of threads are taken out: what is left of the division does not change from one number of a thread to the next.
        var (each, round) = (length / run, Linear.Simplify(p / run));
        var (along, across) = tile.Threads % each == 0
            ? (Linear.Simplify(t % each), Linear.Simplify(round * (tile.Threads / each) + t / each))
            : (Linear.Simplify((round * tile.Threads + t) % each), Linear.Simplify((round * tile.Threads + t) / each));
        along = Linear.Simplify(along * run + near);
        return alongSteps ? (along, across) : (across, along);
    }
}
