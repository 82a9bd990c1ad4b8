namespace Lathe.Passes;

/// <summary>Looks for offsets that end below a top, by branch and bound over canonical placements.</summary>
/// <remarks>
/// Where a placement exists, so does one in which every interval rests on the bottom or on another, and that is built from below: each at the lowest place
/// over those before it, none lower than the one before. A branch is cut where what is left over some step no longer fits, and where an interval would be
/// put so high that another fits below it.
/// </remarks>
internal sealed class StorageSearch
{
    private readonly Interval[] all;
    private readonly long top;
    private readonly (int First, int Last)[] spans;

    /// <summary>By section, times between which nothing begins or ends: what is taken, from the bottom, and what is still to be placed.</summary>
    private readonly long[] floor, left;
    private readonly long[] lowest, offsets;
    private readonly List<int> open;
    private long work;

    public StorageSearch(Interval[] all, long top)
    {
        (this.all, this.top, lowest, offsets) = (all, top, new long[all.Length], new long[all.Length]);
        var begins = all.Select(i => i.First).Distinct().Order().ToArray();
        int Section(int step) => Array.BinarySearch(begins, step) is >= 0 and var at ? at : ~Array.BinarySearch(begins, step) - 1;
        spans = [.. all.Select(i => (Section(i.First), Section(i.Last)))];
        (floor, left) = (new long[begins.Length], new long[begins.Length]);
        foreach (var (i, span) in spans.Index()) for (var s = span.First; s <= span.Last; s++) left[s] += all[i].Bytes;
        open = [.. Enumerable.Range(0, all.Length).OrderByDescending(i => all[i].Area)];
    }

    /// <summary>Offsets; null where there are none, or none were found.</summary>
    /// <param name="work">Looks that are left; taken from.</param>
    /// <param name="most">Looks that this search may take.</param>
    public long[]? Find(ref long work, long most)
    {
        this.work = Math.Min(work, most);
        var before = this.work;
        var found = Place(0);
        work -= before - this.work;
        return found ? offsets : null;
    }

    /// <param name="last">Offset of the interval before.</param>
    private bool Place(long last)
    {
        if (open.Count == 0) return true;
        var (end, low) = (long.MaxValue, long.MaxValue);
        foreach (var i in open)
        {
            var at = 0L;
            for (var s = spans[i].First; s <= spans[i].Last; s++) at = Math.Max(at, floor[s]);
            work -= spans[i].Last - spans[i].First + 1;
            lowest[i] = at;
            (end, low) = (Math.Min(end, Math.Max(at, last) + all[i].Bytes), Math.Min(low, at));
        }
        if (work <= 0) return false;
        low = Math.Max(low, last);
        for (var s = 0; s < floor.Length; s++) if (left[s] > 0 && Math.Max(floor[s], low) + left[s] > top) return false;
        var choices = open.Index().Where(o => lowest[o.Item] >= last && lowest[o.Item] < end).OrderBy(o => lowest[o.Item]).Select(o => (Place: o.Index, Interval: o.Item, At: lowest[o.Item])).ToList();
        var tried = new HashSet<Interval>();
        foreach (var (place, i, at) in choices)
        {
            if (!tried.Add(all[i])) continue; // like one that was tried
            var (first, count) = (spans[i].First, spans[i].Last - spans[i].First + 1);
            var under = floor.AsSpan(first, count).ToArray();
            for (var s = first; s < first + count; s++) (floor[s], left[s]) = (at + all[i].Bytes, left[s] - all[i].Bytes);
            offsets[i] = at;
            open.RemoveAt(place);
            if (Place(at)) return true;
            open.Insert(place, i);
            under.CopyTo(floor, first);
            for (var s = first; s < first + count; s++) left[s] += all[i].Bytes;
            if (work <= 0) return false;
        }
        return false;
    }
}
