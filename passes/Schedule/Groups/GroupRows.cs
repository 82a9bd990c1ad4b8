using Lathe.Ir;
using static Lathe.Ir.Stmts;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>
/// A kernel that does the same to each of many rows, a group of threads a row: threads share the loops over the row and the reductions along it, and all have what those give.
/// Softmax, normalizations, sums and extremes along an axis, and products with a vector are this; it is read off the statements.
/// </summary>
internal sealed class GroupRows
{
    /// <summary>Shortest row that is worth a warp.</summary>
    private const long Shortest = 16;

    private readonly Kernel kernel;
    private readonly Axis thread;
    private readonly Dictionary<Buffer, Buffer> own = [];
    private readonly Axis row;
    private readonly Stmt body;
    private readonly RowRegisters? held;
    private int folds;

    private GroupRows(Kernel kernel, Axis row, Stmt body, int threads, GpuDeviceModel device)
    {
        (this.kernel, this.row, this.body, held) = (kernel, row, body, RowRegisters.Find(body, [row], device));
        thread = new("t", held?.Threads ?? threads);
    }

    public string Describe() => FormattableString.Invariant($"{thread.Extent} threads for each row{(held is null ? "" : ", which they hold")}");

    /// <summary>Null where rows are short, or what is done to them does not split.</summary>
    public static GroupRows? Find(Kernel kernel, GpuDeviceModel device)
    {
        var (rows, body) = (new List<Axis>(), kernel.Body);
        for (; body is Loop l && !l.Axis.Extent.Parts().Any(p => p is Load or Axis) && Independence.Holds(l.Axis, l.Body) && Reduces(l.Body); body = l.Body) rows.Add(l.Axis);
        if (rows.Count == 0 || !Reduces(body) || !Splits(body) || IsAcross(body, rows)) return null;
        var lengths = Lengths(body).ToList();
        if (lengths.Count == 0 || lengths.Exists(l => l.Parts().Any(p => p is Load or Axis))) return null;
        var longest = lengths.Max(l => l is Number n ? n.Integer : 1024);
        if (longest < Shortest) return null;
        var flat = new Flattened([.. rows]);
        var row = new Axis("r", flat.Extent);
        Seq<(Axis, Expr)> at = [.. flat.At(row)];
        return new(kernel, row, body.Map(e => e.Substitute(at)), longest switch { <= 64 => 32, <= 256 => 64, <= 1024 => 128, _ => 256 }, device);
    }

    public Kernel Compute()
    {
        var done = Do(Walk(body).ToList());
        return Kernel.Over(kernel.Name, kernel.Outputs, new Loop(LoopKind.Parallel, row, held?.Around(thread, (extent, t, each) => Share(extent, t, held.Run, each), done) ?? done));
    }

    /// <summary>Whether a sum, product or extreme is taken inside.</summary>
    private static bool Reduces(Stmt stmt) => stmt.All.OfType<Store>().Any(s => s.Value.Parts().Any(p => p is Reduce));

    /// <summary>Whether what is done to a row is done by threads side by side.</summary>
    private static bool Splits(Stmt stmt) => stmt switch
    {
        Block block => block.Steps.All(Splits),
        Scratch { Buffer.Space: Space.Registers } scratch => scratch.Buffer.Shape.Count == 0 && Splits(scratch.Body),
        Loop loop => !Reduces(loop.Body) && Independence.Holds(loop.Axis, loop.Body) && !loop.Body.All.Any(s => s is Scratch { Buffer.Space: Space.Arena }),
        Store store => store.Buffer.Scalar.Bits >= 8,
        _ => false,
    };

    /// <summary>Whether neighbours along the only reduction lie apart while those of neighbouring rows lie side by side: a thread for each row then reads better.</summary>
    private static bool IsAcross(Stmt body, List<Axis> rows) =>
        body is Store && body.Own.SelectMany(e => e.Parts()).OfType<Reduce>().SelectMany(r => r.Axes).ToList() is var along
        // What all rows read alike stays near.
        && body.Loads.Where(l => l.Buffer.Space == Space.Argument && along.Exists(l.Mentions) && rows.Exists(l.Mentions)).Select(l => Linear.Of(l.Buffer.Flat(l.At))).ToList() is var places
        && !places.Exists(p => along.Exists(axis => p[axis] is 1 or -1)) && places.Exists(p => rows.Exists(axis => p[axis] is 1 or -1));

    private static IEnumerable<Expr> Lengths(Stmt stmt) => stmt.All.SelectMany(s => s is Loop l ? [l.Axis.Extent] : s is Store store ? store.Value.Parts().OfType<Reduce>().Select(r => new Flattened(r.Axes).Extent) : []);

    private IEnumerable<Stmt> Walk(Stmt stmt)
    {
        switch (stmt)
        {
            case Block block: return block.Steps.SelectMany(Walk);
            case Scratch { Buffer.Space: Space.Registers } scratch:
                var mine = own[scratch.Buffer] = scratch.Buffer with { Shape = [thread.Extent] };
                return [new Scratch(mine, Do(Walk(scratch.Body).ToList()))];
            case Loop loop:
                return [Threads(thread, t => Share(loop.Axis.Extent, t, 1, (i, slot) => Mine(held?.Map(loop.Body, loop.Axis, t, slot) ?? loop.Body, t).Map(e => e.Substitute([(loop.Axis, i)]))))];
            case Store store: return [Stored(store)];
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>A store with the scratch that belongs to the group, or to each thread.</summary>
    private Stmt Mine(Stmt stmt, Expr t)
    {
        Expr Own(Expr e) => e.Replace(p => p is Load l && own.TryGetValue(l.Buffer, out var mine) ? mine[t] : null);
        return stmt.Map(Own);
    }

    private Stmt Stored(Store store)
    {
        var reduces = store.Value.Parts().OfType<Reduce>().Where(r => !store.Value.Parts().OfType<Reduce>().Any(o => o != r && o.Body.Parts().Contains(r))).Distinct().ToList();
        var all = reduces.ConvertAll(r => new GroupFold(FormattableString.Invariant($"{store.Buffer.Name}.fold{folds++}"), r.Kind, r.Type, thread));
        var steps = new List<Stmt>();
        foreach (var (reduce, fold) in reduces.Zip(all))
        {
            var axes = new Flattened(reduce.Axes);
            steps.Add(Threads(thread, t => Do(fold.Own.Set([t], reduce.Start),
                Share(axes.Extent, t, Run(reduce), (i, slot) =>
                {
                    var next = held?.Read(reduce.Body, reduce.Axes[0], t, slot) ?? reduce.Body;
                    return Mine(fold.Own.Set([t], Reduce.Combine(reduce.Kind, fold.Own[t], next.Placed(axes.At(i)))), t);
                }))));
            steps.Add(fold.Join());
        }
        Expr With(Expr e, Expr t) => e.Replace(p => p is Reduce r && reduces.IndexOf(r) is >= 0 and var i ? all[i].All[t] : null);
        steps.Add(Threads(thread, t => own.TryGetValue(store.Buffer, out var mine)
            ? Mine(mine.Set([t], With(store.Value, t)), t)
            // All threads have the number: the first stores it.
            : When(Expr.Same(t, 0), Mine(store.Buffer.Set(store.At, With(store.Value, t)), t))));
        return all.Aggregate(Do(steps), (inside, fold) => fold.Around(inside));
    }

    /// <summary>How many neighbours a thread reads at once: what lies in 16 bytes of the narrowest numbers along the reduction.</summary>
    private static int Run(Reduce reduce)
    {
        if (reduce.Axes is not [.., var last] || last.Extent is not Number { Integer: var length }) return 1;
        var bits = reduce.Body.Parts().OfType<Load>().Where(l => Linear.Of(l.Buffer.Flat(l.At))[last] == 1).Select(l => l.Buffer.Scalar.Bits).DefaultIfEmpty(0).Min();
        var run = bits == 0 ? 1 : Math.Min(128 / bits, 16);
        while (run > 1 && length % run != 0) run /= 2;
        return run;
    }

    /// <summary>Iterations of a loop that a thread has: runs of neighbours, so that threads side by side have runs side by side. Where rows are held all loops have the same.</summary>
    /// <param name="body">By the iteration, and its number among the thread's.</param>
    private Stmt Share(Expr extent, Expr t, int run, Func<Expr, Expr, Stmt> body)
    {
        if (held is not null) run = held.Run;
        var threads = thread.Extent.Whole;
        var turn = threads * run;
        var rounds = Linear.Simplify((extent + (turn - 1)) / turn);
        Stmt At(Expr round)
        {
            var start = Linear.Simplify(round * turn + t * run);
            var all = Unroll("u", run, u => body(Linear.Simplify(start + u), Linear.Simplify(round * run + u)));
            return extent is Number n && n.Integer % turn == 0 ? all : When(start < extent, all);
        }
        // Registers have no index that is worked out.
        return Over(held is null ? LoopKind.For : LoopKind.Unroll, "i", rounds, At);
    }
}
