namespace Lathe.Passes;

/// <summary>Dynamic storage allocation: an offset for each of some intervals, so that those that meet do not overlap and all end as low as can be.</summary>
/// <remarks>
/// Greedy placements in several orders; where none reaches the bound, <see cref="StorageSearch"/> looks for lower tops between the bound and the best,
/// exactly where the intervals are few, within a fixed amount of work where they are many. The same intervals get the same offsets in every run.
/// </remarks>
public static class StorageAllocation
{
    /// <summary>Tops to look for: enough to close in on the least one in steps of a cache line.</summary>
    private const int Probes = 24;

    /// <summary>Looks at one place of one interval that all searches together may take; some 50 ms.</summary>
    private const long Work = 20_000_000;

    /// <param name="all">Sizes are multiples of <paramref name="unit"/>.</param>
    /// <param name="unit">Offsets are multiples of it.</param>
    public static long[] Place(Interval[] all, long unit)
    {
        var (least, work) = (Interval.Most(all), Work);
        long[] best = [];
        foreach (var order in Orders(all))
            foreach (var tightest in (bool[])[true, false])
            {
                var offsets = Greedy(all, order, tightest);
                if (best.Length == 0 || Top(all, offsets) < Top(all, best)) best = offsets;
                if (Top(all, best) == least) return best;
            }
        for (var (low, probe) = (least, 0); probe < Probes && low < Top(all, best) && work > 0; probe++)
        {
            // The bound itself first: it can be reached more often than not.
            var top = probe == 0 ? low : low + (Top(all, best) - low) / 2 / unit * unit;
            if (new StorageSearch(all, top).Find(ref work, probe == 0 ? Work / 4 : Work / 12) is { } found) best = found;
            else low = top + unit;
        }
        return best;
    }

    /// <summary>Where the highest ends.</summary>
    public static long Top(Interval[] all, long[] offsets) => all.Zip(offsets, (i, offset) => offset + i.Bytes).DefaultIfEmpty().Max();

    /// <summary>The largest first, those that take most room over time first, those that live longest first.</summary>
    private static IEnumerable<int[]> Orders(Interval[] all)
    {
        var places = Enumerable.Range(0, all.Length).ToArray();
        yield return [.. places.OrderByDescending(i => all[i].Bytes)];
        yield return [.. places.OrderByDescending(i => all[i].Area)];
        yield return [.. places.OrderByDescending(i => all[i].Last - all[i].First).ThenByDescending(i => all[i].Bytes)];
    }

    /// <summary>Each where there is room between those before it: in the tightest gap, or in the lowest.</summary>
    private static long[] Greedy(Interval[] all, int[] order, bool tightest)
    {
        var (offsets, placed) = (new long[all.Length], new List<int>());
        foreach (var i in order)
        {
            var (at, best, room) = (0L, -1L, long.MaxValue);
            foreach (var other in placed.Where(p => all[i].Meets(all[p])))
            {
                if (offsets[other] - at is var gap && gap >= all[i].Bytes && gap < room && (tightest || best < 0)) (best, room) = (at, gap);
                at = Math.Max(at, offsets[other] + all[other].Bytes);
            }
            offsets[i] = best >= 0 ? best : at;
            // Kept by offset.
            var place = placed.FindIndex(p => offsets[p] > offsets[i]);
            placed.Insert(place < 0 ? placed.Count : place, i);
        }
        return offsets;
    }
}
