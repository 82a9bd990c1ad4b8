using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>
/// A reduction of which neighbouring results read side by side and the steps do not: a warp has neighbouring results, the warps of a group have parts of the steps, which meet in shared memory.
/// Sums over all but the last axis, global averages with channels last, and a vector by a matrix are this.
/// </summary>
internal sealed class WarpColumns
{
    /// <summary>Parts of the steps: warps of a group.</summary>
    private const int Parts = 8;

    private readonly Kernel kernel;
    private readonly Flattened results;
    private readonly Store store;
    private readonly Reduce reduce;

    private WarpColumns(Kernel kernel, Flattened results, Store store, Reduce reduce) => (this.kernel, this.results, this.store, this.reduce) = (kernel, results, store, reduce);

    public static string Describe() => FormattableString.Invariant($"a warp for {GpuDeviceModel.Warp} results, {Parts} parts of the steps");

    /// <summary>Null where there are so many results that a thread for each keeps the device busy, or few steps.</summary>
    public static WarpColumns? Find(Kernel kernel, GpuDeviceModel device)
    {
        const int threadsOfAMultiprocessor = 1024, fewSteps = 4 * Parts;
        var (axes, body) = (new List<Axis>(), kernel.Body);
        for (; body is Loop l; body = l.Body) axes.Add(l.Axis);
        if (body is not Store store || store.Buffer.Scalar.Bits < 8 || store.Value.Parts().OfType<Reduce>().ToList() is not [var reduce] || axes.Count == 0) return null;
        if (axes.Concat(reduce.Axes).Any(a => a.Extent.Parts().Any(p => p is Load or Axis)) || !axes.All(axis => Independence.Holds(axis, store))) return null;
        var place = Linear.Of(store.Buffer.Flat(store.At));
        var results = new Flattened([.. axes.OrderByDescending(axis => place[axis])]);
        var steps = new Flattened(reduce.Axes);
        if (steps.Extent is Number { Integer: < fewSteps } || results.Static > (long)device.Multiprocessors * threadsOfAMultiprocessor) return null;
        return new(kernel, results, store, reduce);
    }

    public Kernel Compute()
    {
        const int warp = GpuDeviceModel.Warp;
        var (thread, steps) = (new Axis("t", warp * Parts), new Flattened(reduce.Axes));
        var name = store.Buffer.Name;
        var sum = new Buffer($"{name}.sum", reduce.Type, [thread.Extent], Space.Registers);
        var parts = new Buffer($"{name}.parts", reduce.Type, [Parts, warp], Space.Shared);
        var group = new Axis("g", Linear.Simplify((results.Extent + (warp - 1)) / warp));
        Expr Result(Expr t) => Linear.Simplify(group * warp + t % warp);
        // Beyond the end the last is worked out again and not stored.
        Expr Held(Expr t) => results.Static > 0 && results.Static % warp == 0 ? Result(t) : Expr.Min(Result(t), Linear.Simplify(results.Extent - 1));
        var rounds = Linear.Simplify((steps.Extent + (Parts - 1)) / Parts);
        var body = Do(
            Threads(thread, t => Do(sum.Set([t], reduce.Start), For("k", rounds, k =>
            {
                var step = Linear.Simplify(k * Parts + t / warp);
                var add = sum.Set([t], Reduce.Combine(reduce.Kind, sum[t], reduce.Body.Placed([.. results.At(Held(t)), .. steps.At(step)])));
                return steps.Static > 0 && steps.Static % Parts == 0 ? add : When(step < steps.Extent, add);
            }), parts.Set([t / warp, t % warp], sum[t]))),
            Threads(thread, t => When((t < warp) & (Result(t) < results.Extent), Finished(t))));
        return Kernel.Over(kernel.Name, kernel.Outputs, new Loop(LoopKind.Parallel, group, new Scratch(parts, new Scratch(sum, body))));

        Stmt Finished(Expr t)
        {
            var total = Enumerable.Range(0, Parts).Select(p => parts[p, t % warp]).Aggregate((x, y) => Reduce.Combine(reduce.Kind, x, y));
            Seq<(Axis, Expr)> at = [.. results.At(Result(t))];
            return store.Buffer.Set([.. store.At.Select(e => Linear.Simplify(e.Substitute(at)))], store.Value.Replace(p => p == reduce ? total : null).Substitute(at));
        }
    }
}
