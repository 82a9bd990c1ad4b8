using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>
/// A few numbers that are each made of very many, a global average above all: threads share what is summed, not the results. Whoever made a stretch of rows
/// reduces it where it lies, in its own caches, and its neighbours' results are put together at the end. The stretches are the same for any number of threads.
/// </summary>
internal static class SplitSum
{
    /// <summary>Most stretches; the best divisor of the summed axis up to it is taken.</summary>
    private const long Most = 16;

    /// <summary>Stretches from which on it pays: so many threads find work.</summary>
    private const long Least = 4;

    /// <summary>Terms of each result, for each of which the stretches' results are put together, from which on that is little beside the sums.</summary>
    private const long LeastTerms = 256;

    /// <param name="store">What is worth sharing among threads.</param>
    /// <param name="axes">Its loops.</param>
    /// <param name="reduce">The one reduction in it.</param>
    /// <param name="schedule">Schedules loops around a store, without threads of its own.</param>
    /// <returns>Null where results lie further apart than what is summed, where each has fewer terms than there are results, or where the summed axis has no good divisor.</returns>
    public static Stmt? Find(Store store, Seq<Axis> axes, Reduce reduce, string name, Func<Seq<Axis>, Store, Stmt> schedule)
    {
        if (reduce.Type != Scalar.F32 || axes.Any(a => a.Extent is not Number) || reduce.Axes.Any(a => a.Extent is not Number) || reduce.Body.Parts().OfType<Reduce>().Any()) return null;
        var terms = new Flattened(reduce.Axes).Static;
        // Where there are more results than each has terms, threads share those, and what stretches give would take more room than it saves reads.
        if (terms < LeastTerms || new Flattened(axes).Static > terms) return null;
        var far = reduce.Axes[0];
        var parts = Most;
        while (far.Extent.Whole % parts != 0) parts--;
        if (parts < Least) return null;
        var flats = reduce.Body.Parts().OfType<Load>().Select(l => Linear.Of(l.Buffer.Flat(l.At))).Where(flat => flat[far] > 0).ToList();
        if (flats.Count == 0 || flats.Exists(flat => axes.Any(a => flat[a] > flat[far]))) return null;

        var partial = new Buffer(name, reduce.Type, [parts, .. axes.Select(a => a.Extent)], Space.Arena);
        var (stretch, each) = (far.Extent.Whole / parts, new Axis(far.Name, far.Extent.Whole / parts));
        var all = new Axis("p", parts);
        return new Scratch(partial, Do(
            Parallel("p", parts, p =>
            {
                var own = axes.Select(a => a.Fresh()).ToSeq();
                var body = reduce.Body.Placed([(far, Linear.Simplify(p * stretch + each)), .. axes.Zip(own, (a, b) => (a, (Expr)b))]);
                return schedule(own, new Store(partial, [p, .. own], Reduce.Of(reduce.Kind, [each, .. reduce.Axes.Skip(1)], body)));
            }),
            schedule(axes, new Store(store.Buffer, store.At, store.Value.Replace(part => part == reduce ? Reduce.Of(reduce.Kind, [all], partial[[all, .. axes]]) : null)))));
    }
}
