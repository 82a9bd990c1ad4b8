using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>One factor of a contraction on its way through the shared memory of a group: threads read a block of it, each some numbers, and put them where all find them.</summary>
internal sealed class GroupSide
{
    private readonly int width;
    private readonly GroupTile tile;
    private readonly GroupFetch fetch;
    private readonly Seq<Buffer> stages;

    /// <param name="factor">Its formula.</param>
    /// <param name="axes">Axes of the result that it has.</param>
    /// <param name="width">How many of their places a group has.</param>
    public GroupSide(string name, Expr factor, Seq<Axis> axes, int width, GroupTile tile, GroupSteps steps)
    {
        (this.width, this.tile) = (width, tile);
        fetch = new($"{name}.next", factor, axes, width, tile.Depth, tile.Threads, GroupTile.Run, steps);
        stages = [.. Enumerable.Range(0, GroupSteps.Ahead).Select(stage => new Buffer(FormattableString.Invariant($"{name}{stage}"), factor.Type, [tile.Depth, width], Space.Shared))];
    }

    /// <summary>A number in shared memory, by stage, step, and the run of places and the place in it.</summary>
    public Expr this[int stage, Expr step, Expr run, Expr near] => stages[stage][[.. Place(step, run, near)]];

    public Stmt Around(Stmt body) => stages.Aggregate(fetch.Around(body), (inside, stage) => new Scratch(stage, inside));

    /// <summary>Reads a block of steps into a slot of registers.</summary>
    public Stmt Fetch(Expr t, Expr slot, Expr block, Expr first, Seq<(Axis, Expr)> batch) => fetch.Fetch(t, slot, block, first, batch);

    /// <summary>Puts what was read where all threads find it.</summary>
    public Stmt Put(Expr t, Expr slot, int stage) => fetch.Put(t, slot, (step, place, number) =>
        stages[stage].Set(Place(step, Linear.Simplify(place / GroupTile.Run), Linear.Simplify(place % GroupTile.Run)), number));

    /// <summary>Where it lies. What comes in along steps is stored across: runs of places change seats from one run of steps to the next, so that threads side by side meet no bank twice.</summary>
    private Seq<Expr> Place(Expr step, Expr run, Expr near)
    {
        const int seats = 32 / GroupTile.Run;
        var each = tile.Depth / GroupTile.Run;
        if (!fetch.AlongSteps || each > seats || width / GroupTile.Run % seats != 0) return [step, Linear.Simplify(run * GroupTile.Run + near)];
        return [step, Linear.Simplify((run ^ Linear.Simplify(step / GroupTile.Run % each * (seats / each))) * GroupTile.Run + near)];
    }
}
