using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Which loops may run their iterations in any order, or all at once: read off where they store and read.</summary>
internal static class Independence
{
    /// <summary>Whether what an iteration stores lies apart from what any other stores or reads of the same buffer.</summary>
    /// <param name="axis">The loop's.</param>
    /// <param name="body">Its body; scratch made inside belongs to an iteration.</param>
    public static bool Holds(Axis axis, Stmt body)
    {
        var own = body.All.OfType<Scratch>().Select(s => s.Buffer).ToHashSet();
        var stores = body.All.OfType<Store>().Where(s => !own.Contains(s.Buffer)).ToList();
        var inner = body.All.OfType<Loop>().Select(l => l.Axis).ToHashSet();
        foreach (var group in stores.GroupBy(s => s.Buffer))
        {
            List<Seq<Expr>> places = [.. group.Select(s => s.At), .. body.Loads.Where(l => l.Buffer == group.Key).Select(l => l.At)];
            if (SharesBytes(group.Key, axis, places)) return false;
            var perAxis = Enumerable.Range(0, group.Key.Shape.Count).Select(d => places.ConvertAll(at => at[d]));
            if (!perAxis.Append(places.ConvertAll(at => group.Key.Flat(at))).Any(indices => Apart(axis, indices, inner))) return false;
        }
        return stores.Count > 0;
    }

    /// <summary>Whether an index moves on with the axis further than all that is added to it reaches.</summary>
    private static bool Apart(Axis axis, List<Expr> indices, HashSet<Axis> inner)
    {
        long? step = null;
        var rests = new List<Expr>();
        foreach (var index in indices)
        {
            var sum = Linear.Of(index);
            if (sum[axis] == 0 || step is { } known && known != sum[axis]) return false;
            step = sum[axis];
            var rest = Linear.Simplify(index - axis * sum[axis]);
            if (rest.Mentions(axis)) return false;
            rests.Add(rest);
        }
        if (rests.TrueForAll(rest => rest == rests[0]) && !rests[0].Free.Any(inner.Contains) && !rests[0].Parts().Any(p => p is Load)) return true;
        var ranges = rests.ConvertAll(Linear.Range);
        var (low, high) = (ranges.Min(r => r.Low), ranges.Max(r => r.High));
        return low > -(1L << 40) && high < 1L << 40 && high - low < Math.Abs(step!.Value);
    }

    /// <summary>Numbers of less than a byte: neighbours share one, and a store of one is a read of the other.</summary>
    private static bool SharesBytes(Buffer buffer, Axis axis, List<Seq<Expr>> places) =>
        buffer.Scalar.Bits < 8 && buffer.Space != Space.Registers && places.Exists(at => Linear.Of(buffer.Flat(at)) is var sum && (sum[axis] * buffer.Scalar.Bits % 8 != 0 || sum[axis] == 0));
}
