using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>One factor of a contraction on its way to the tensor cores: through shared memory, as narrow as it is, into the registers of warps.</summary>
internal sealed class TensorSide
{
    private readonly Expr factor;
    private readonly Flattened axes;
    private readonly int width, depth, run, threads;
    private readonly GroupSteps steps;
    private readonly Buffer fetched, shared;
    private readonly bool alongSteps;

    /// <param name="factor">What is multiplied, before it is cast to the kind of the sum.</param>
    /// <param name="axes">Axes of the result that it has.</param>
    /// <param name="width">How many of their places a group has.</param>
    /// <param name="held">Numbers that a thread holds for one round of products.</param>
    public TensorSide(string name, Expr factor, Seq<Axis> axes, int width, TensorTile tile, GroupSteps steps, int held)
    {
        (this.factor, this.axes, this.width, this.steps, depth, threads) = (factor, new(axes), width, steps, tile.Depth(factor.Type), tile.Threads);
        var load = factor.Parts().OfType<Load>().FirstOrDefault(l => axes.Any(l.Mentions)) ?? factor.Parts().OfType<Load>().First();
        alongSteps = axes is not [.., var last] || Linear.Of(load.Buffer.Flat(load.At))[last] is not 1;
        run = TensorTile.Run(factor.Type);
        while (width * depth / run < threads || (alongSteps ? depth : width) % run != 0) run /= 2;
        // Rows of shared memory are as much longer than they hold as one access is: words of neighbouring rows lie in other banks.
        var apart = TensorTile.Run(factor.Type);
        shared = new(name, factor.Type, alongSteps ? [2, width, depth + apart] : [2, depth, width + apart], Space.Shared);
        fetched = new($"{name}.next", factor.Type, [threads, GroupSteps.Ahead, width * depth / threads], Space.Registers);
        Held = new($"{name}.held", factor.Type, [threads, held], Space.Registers);
    }

    /// <summary>Whether threads can share it evenly.</summary>
    public static bool Fits(Expr factor, int width, TensorTile tile) => factor.Parts().OfType<Load>().Any() && width * tile.Depth(factor.Type) % tile.Threads == 0;

    /// <summary>What products read, by thread.</summary>
    public Buffer Held { get; }

    public Stmt Around(Stmt body) => new Scratch(shared, new Scratch(fetched, new Scratch(Held, body)));

    public Expr this[Expr stage, Expr step, Expr place] => alongSteps ? shared[stage, place, step] : shared[stage, step, place];

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
        return fetched.Set([t, slot, p], isInside is null ? number : Expr.Select(isInside, number, factor.Type.IsReal ? Number.Of(Scalar.F32, 0).As(factor.Type) : Number.Of(factor.Type, 0)));
    });

    /// <summary>Puts what was read where all threads find it.</summary>
    public Stmt Put(Expr t, Expr slot, Expr stage) => Unroll("p", fetched.Shape[2], p =>
    {
        var (step, place) = At(t, p);
        return shared.Set(alongSteps ? [stage, place, step] : [stage, step, place], fetched[t, slot, p]);
    });

    /// <summary>Which number a thread's <paramref name="p"/>th is: a run of them lies side by side, and neighbouring threads have neighbouring runs.</summary>
    private (Expr Step, Expr Place) At(Expr t, Expr p)
    {
        var each = (alongSteps ? depth : width) / run;
        var (near, round) = (Linear.Simplify(p % run), Linear.Simplify(p / run));
        var (along, across) = threads % each == 0
            ? (Linear.Simplify(t % each), Linear.Simplify(round * (threads / each) + t / each))
            : (Linear.Simplify((round * threads + t) % each), Linear.Simplify((round * threads + t) / each));
        along = Linear.Simplify(along * run + near);
        return alongSteps ? (along, across) : (across, along);
    }
}
