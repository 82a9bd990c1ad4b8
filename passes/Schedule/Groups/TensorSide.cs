using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>One factor of a contraction on its way to the tensor cores: through shared memory, as narrow as it is, into the registers of warps.</summary>
internal sealed class TensorSide
{
    private readonly GroupFetch fetch;
    private readonly Seq<Buffer> stages;

    /// <param name="factor">What is multiplied, before it is cast to the kind of the sum.</param>
    /// <param name="axes">Axes of the result that it has.</param>
    /// <param name="width">How many of their places a group has.</param>
    /// <param name="held">Numbers that a thread holds for one round of products.</param>
    public TensorSide(string name, Expr factor, Seq<Axis> axes, int width, TensorTile tile, GroupSteps steps, int held)
    {
        var (depth, run) = (tile.Depth(factor.Type), TensorTile.Run(factor.Type));
        fetch = new($"{name}.next", factor, axes, width, depth, tile.Threads, run, steps);
        // Rows of shared memory are as much longer than they hold as one access is: words of neighbouring rows lie in other banks.
        stages = [.. Enumerable.Range(0, GroupSteps.Ahead).Select(stage => new Buffer(FormattableString.Invariant($"{name}{stage}"), factor.Type, fetch.AlongSteps ? [width, depth + run] : [depth, width + run], Space.Shared))];
        Held = new($"{name}.held", factor.Type, [tile.Threads, held], Space.Registers);
    }

    /// <summary>Whether threads can share it evenly.</summary>
    public static bool Fits(Expr factor, int width, TensorTile tile) => factor.Parts().OfType<Load>().Any() && width * tile.Depth(factor.Type) % tile.Threads == 0;

    /// <summary>What products read, by thread.</summary>
    public Buffer Held { get; }

    public Stmt Around(Stmt body) => stages.Aggregate(fetch.Around(new Scratch(Held, body)), (inside, stage) => new Scratch(stage, inside));

    public Expr this[int stage, Expr step, Expr place] => stages[stage][[.. Place(step, place)]];

    /// <summary>Reads a block of steps into a slot of registers.</summary>
    public Stmt Fetch(Expr t, Expr slot, Expr block, Expr first, Seq<(Axis, Expr)> batch) => fetch.Fetch(t, slot, block, first, batch);

    /// <summary>Puts what was read where all threads find it.</summary>
    public Stmt Put(Expr t, Expr slot, int stage) => fetch.Put(t, slot, (step, place, number) => stages[stage].Set(Place(step, place), number));

    private Seq<Expr> Place(Expr step, Expr place) => fetch.AlongSteps ? [place, step] : [step, place];
}
