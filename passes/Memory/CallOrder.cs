namespace Lathe.Passes;

/// <summary>An order of calls in which few bytes are needed at once: greedy list scheduling, then moves of single calls.</summary>
/// <param name="calls">What each uses, by number of slot; the calls that must come before it, all earlier in the list; bytes of its own.</param>
/// <param name="sizes">Bytes of each slot; it is needed from the first call that uses it to the last.</param>
internal sealed class CallOrder(IReadOnlyList<(int[] Uses, int[] After, long Scratch)> calls, long[] sizes)
{
    /// <summary>Looks at calls and their slots that moves may take since one helped; some 5 ms.</summary>
    private const long Patience = 500_000;

    private readonly long[] change = new long[calls.Count + 1];
    private readonly int[] first = new int[sizes.Length], last = new int[sizes.Length];

    /// <summary>Numbers of calls in order; null where no order was found that needs less than the one given.</summary>
    public int[]? Find()
    {
        int[] given = [.. Enumerable.Range(0, calls.Count)], best = given;
        // A call needs what it uses, in any order.
        var least = calls.Max(c => c.Uses.Sum(s => sizes[s]) + c.Scratch);
        var most = Peak(given);
        if (most.Bytes == least) return null;
        var before = most.Bytes;
        if (Greedy() is var greedy && Peak(greedy) is var other && other.CompareTo(most) < 0) (best, most) = (greedy, other);
        // Any sequence would do; this one is the same in every run.
        var random = new Random(1);
        var cost = calls.Sum(c => c.Uses.Length + c.After.Length + 1L) + sizes.Length;
        for (var work = Patience; work > 0 && most.Bytes > least; work -= cost)
        {
            var moved = random.Next(best.Length);
            var order = best.ToList();
            var call = order[moved];
            order.RemoveAt(moved);
            var low = 1 + order.FindLastIndex(c => calls[call].After.Contains(c));
            var high = order.FindIndex(c => calls[c].After.Contains(call)) is >= 0 and var reader ? reader : order.Count;
            order.Insert(random.Next(low, high + 1), call);
            var peak = Peak(order);
            if (peak.CompareTo(most) > 0) continue;
            if (peak.Bytes < most.Bytes) work = Patience;
            (best, most) = ([.. order], peak);
        }
        return most.Bytes < before ? best : null;
    }

    /// <summary>The most bytes needed at once, and those needed at all calls together.</summary>
    private (long Bytes, double Sum) Peak(IReadOnlyList<int> order)
    {
        Array.Fill(first, -1);
        for (var at = 0; at < order.Count; at++)
            foreach (var slot in calls[order[at]].Uses)
            {
                if (first[slot] < 0) first[slot] = at;
                last[slot] = at;
            }
        Array.Clear(change);
        for (var slot = 0; slot < sizes.Length; slot++)
        {
            change[first[slot]] += sizes[slot];
            change[last[slot] + 1] -= sizes[slot];
        }
        var (now, most, sum) = (0L, 0L, 0.0);
        for (var at = 0; at < order.Count; at++)
        {
            now += change[at];
            most = Math.Max(most, now + calls[order[at]].Scratch);
            sum += now;
        }
        return (most, sum);
    }

    /// <summary>Of the calls that may come next, the one after which the fewest bytes are needed.</summary>
    private int[] Greedy()
    {
        var (left, uses, begun) = (Enumerable.Range(0, calls.Count).ToList(), new int[sizes.Length], new bool[sizes.Length]);
        foreach (var (used, _, _) in calls) foreach (var slot in used) uses[slot]++;
        var (done, order) = (new bool[calls.Count], new List<int>());
        while (left.Count > 0)
        {
            var next = left.Where(c => calls[c].After.All(b => done[b])).MinBy(c => calls[c].Uses.Sum(s => (begun[s] ? 0 : sizes[s]) - (uses[s] == 1 ? sizes[s] : 0)));
            foreach (var slot in calls[next].Uses) (begun[slot], uses[slot]) = (true, uses[slot] - 1);
            done[next] = true;
            left.Remove(next);
            order.Add(next);
        }
        return [.. order];
    }
}
