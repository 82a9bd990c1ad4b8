using Lathe.Ir;
using static Lathe.Ir.Stmts;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>Loops shared among threads.</summary>
public static class Shares
{
    /// <summary>How many times what handing over takes one thread must have to do before half of it is worth giving away.</summary>
    private const double WorthSharing = 3;

    /// <summary>Parts that there are at least where only a run knows how much there is: some threads find work in the least.</summary>
    public const long FewestParts = 4;

    /// <summary>A loop whose iterations are shared among threads where that pays.</summary>
    public static Stmt Shared(this Machine machine, bool pays, string name, Expr extent, Func<Expr, Stmt> body) => pays ? machine.Shared(name, extent, body) : For(name, extent, body);

    /// <summary>Whether a contraction takes long enough to be shared.</summary>
    public static bool Pays(this Machine machine, Contraction contraction) => machine.Chosen is { Share: not Wish.Model and var wish } ? wish == Wish.Yes : machine.Work(contraction) > machine.LeastShared();

    /// <summary>Microseconds of work from which on sharing is worth it.</summary>
    private static double LeastShared(this Machine machine) => WorthSharing * machine.HandOver;

    /// <summary>What <see cref="Pays"/> decides, with its two numbers.</summary>
    public static string WhyShared(this Machine machine, Contraction contraction) => machine.Chosen is { Share: not Wish.Model and var wish } ? $"threads: {(wish == Wish.Yes ? "shared" : "one")}, as measured"
        : FormattableString.Invariant($"threads: {(machine.Pays(contraction) ? "shared" : "one")}, {machine.Work(contraction):0.0} us of work against {machine.LeastShared():0.0} from which sharing is worth it");

    /// <summary>Microseconds that one thread takes for a contraction at least: the longer of its multiply-adds, and its reads of B once, about five bytes in the time of one.</summary>
    private static double Work(this Machine machine, Contraction contraction)
    {
        double Size(IEnumerable<Axis> axes) => axes.Aggregate(1.0, (size, axis) => size * (axis.Extent is Number n ? n.Integer : 1 << 10));
        var shared = Size(contraction.Batch);
        var (steps, bytes) = (shared * Size(contraction.M) * Size(contraction.N) * Size(contraction.K), 4 * shared * Size(contraction.N) * Size(contraction.K));
        return machine.Microseconds(Math.Max(steps / machine.Lanes, bytes / 5));
    }

    /// <summary>
    /// Parts that equal pieces are put together to, so that two threads, and then four, are done at about the same time. Whole parts stay with a thread:
    /// what it has made of one lies in its own cache, and fetching that from another core's costs more than a little waiting.
    /// </summary>
    /// <param name="pieces">How many there are.</param>
    /// <param name="least">Parts that the caches ask for.</param>
    /// <param name="most">Parts that are still worth it.</param>
    public static long Parts(long pieces, long least, long most)
    {
        long Last(long parts, int threads) => Up(parts, threads) * Up(pieces, parts);
        return Enumerable.Range((int)least, (int)Math.Max(1, most - least + 1)).Select(parts => (long)parts).MinBy(parts => (Last(parts, 2) + 0.3 * Last(parts, 4) + 0.01 * pieces * parts / least, parts));
    }

    /// <summary>
    /// A loop split into at most <see cref="Machine.Tasks"/> parts: so many slices of scratch there are, and sums do not depend on the number of threads.
    /// Neighbouring iterations stay together, and parts differ by one iteration at most, wherever a pool cuts the parts among its threads.
    /// </summary>
    /// <param name="machine">What the kernel will run on.</param>
    /// <param name="name">Of the loop.</param>
    /// <param name="extent">Its iterations.</param>
    /// <param name="body">One of them.</param>
    /// <param name="parts">Most parts that are worth it in a run, over its dimensions; null where they are known to be enough.</param>
    public static Stmt Shared(this Machine machine, string name, Expr extent, Func<Expr, Stmt> body, Expr? parts = null)
    {
        if (extent is Number { Integer: var known } && known <= machine.Tasks && parts is null or Number) return Parallel("p", extent, body);
        Expr tasks = parts is null && extent is Number ? machine.Tasks : Linear.Simplify(Expr.Min(Linear.Simplify(Expr.Max(parts ?? extent, 1)), machine.Tasks));
        return Parallel("p", tasks, p =>
        {
            if (extent is Number all && tasks is Number by && all.Integer % by.Integer == 0)
                return For(name, all.Integer / by.Integer, i => body(Linear.Simplify(p * (all.Integer / by.Integer) + i)));
            var (from, to) = (Linear.Simplify(p * extent / tasks), Linear.Simplify((p * extent + extent) / tasks));
            return For(name, Linear.Simplify(to - from), i => body(Linear.Simplify(from + i)));
        });
    }
}
