using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Offsets for sizes that depend on dimensions: what lies on what is decided by some examples of dimensions and holds at all of them.</summary>
/// <remarks>Each interval begins where the highest of those below it that it meets ends, so its offset is the largest of some sums of sizes.</remarks>
public static class OpenAllocation
{
    /// <summary>What dimensions are taken to be, within their ranges.</summary>
    private static readonly long[] Examples = [Sizes.Typical, 1, 8, 512, 4096];

    /// <param name="sizes">Bytes of each, never below 0.</param>
    /// <param name="spans">The steps that need it.</param>
    /// <returns>Offsets, and the end of the highest.</returns>
    public static (Expr[] Offsets, Expr Top) Place(Seq<Expr> sizes, Seq<(int First, int Last)> spans)
    {
        var examples = Examples.Select(extent => (Func<Symbol, long>)(s => Math.Clamp(extent, s.Low, s.High)))
            .Select(symbols => (Symbols: symbols, Intervals: spans.Zip(sizes, (span, size) => new Interval(span.First, span.Last, SizeSums.At(size, symbols))).ToArray()))
            // Where a value would have nothing in it no run is: a model for longer inputs.
            .OrderBy(e => e.Intervals.Count(i => i.Bytes == 0)).ToList();
        examples.RemoveAll(e => e.Intervals.Count(i => i.Bytes == 0) > examples[0].Intervals.Count(i => i.Bytes == 0));
        var sums = new SizeSums(sizes, [.. examples.Select(e => e.Symbols)]);
        var order = new StackOrder([.. examples.Select(e => e.Intervals)]).Best(examples.Select(e => Order(e.Intervals)));

        var (begins, ends, below, all) = (new Expr[sizes.Count], new List<long[]>[sizes.Count], new HashSet<int>[sizes.Count], examples[0].Intervals);
        foreach (var (place, i) in order.Index())
        {
            below[i] = [.. order.Take(place).Where(j => all[i].Meets(all[j]))];
            // What lies below one that lies below ends lower than that.
            var begin = sums.Largest(below[i].Where(j => !below[i].Any(k => below[k].Contains(j))).SelectMany(j => ends[j]).DefaultIfEmpty(new long[sums.Sizes[i].Length]));
            begins[i] = sums.Expr(begin);
            ends[i] = [.. begin.Select(sum => SizeSums.Sum(sum, sums.Sizes[i]))];
        }
        return (begins, sums.Expr(sums.Largest(ends.SelectMany(e => e))));
    }

    private static int[] Order(Interval[] all)
    {
        var offsets = StorageAllocation.Place(all, ScratchLayout.Alignment);
        return [.. Enumerable.Range(0, all.Length).OrderBy(i => offsets[i])];
    }
}
