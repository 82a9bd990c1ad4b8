namespace Lathe.Passes;

/// <summary>
/// An order in which intervals whose sizes differ from run to run are put on one another, each on all before it that it meets, so that the top is low
/// in every one of some examples of a run.
/// </summary>
/// <param name="examples">The same intervals with the sizes of each example.</param>
internal sealed class StackOrder(Interval[][] examples)
{
    /// <summary>Looks at one interval below another that the search may take; some 50 ms.</summary>
    private const long Work = 20_000_000;

    private readonly long[] least = [.. examples.Select(all => Math.Max(1, Interval.Most(all)))];
    private readonly long[][] ends = [.. examples.Select(all => new long[all.Length])];
    private readonly int[][] meets = [.. examples[0].Select((a, i) => Enumerable.Range(0, examples[0].Length).Where(j => j != i && a.Meets(examples[0][j])).ToArray())];
    private readonly int[] place = new int[examples[0].Length];

    /// <summary>The best of some orders, improved by moving what the top of an example rests on.</summary>
    public int[] Best(IEnumerable<int[]> starts)
    {
        var (best, worth) = starts.Select(order => (order, Worth(order))).MinBy(o => o.Item2);
        // Any sequence would do; this one is the same in every run.
        var random = new Random(1);
        var cost = meets.Sum(m => (long)m.Length + 1) * examples.Length;
        for (var work = Work; work > 0 && worth > examples.Length; work -= cost)
        {
            Worth(best);
            var path = Path(Enumerable.Range(0, examples.Length).MaxBy(e => (double)ends[e].Max() / least[e]));
            var (moved, to) = (path[random.Next(path.Count)], random.Next(best.Length));
            var order = best.Where(i => i != moved).ToList();
            order.Insert(to, moved);
            if (Worth(order) is var other && other <= worth) (best, worth) = ([.. order], other);
        }
        return best;
    }

    /// <summary>Tops as shares of the least possible, over all examples; their number where each is reached.</summary>
    private double Worth(IReadOnlyList<int> order)
    {
        for (var at = 0; at < order.Count; at++) place[order[at]] = at;
        var sum = 0.0;
        for (var e = 0; e < examples.Length; e++)
        {
            var (all, end) = (examples[e], ends[e]);
            foreach (var i in order)
            {
                var begin = 0L;
                foreach (var j in meets[i]) if (place[j] < place[i] && end[j] > begin) begin = end[j];
                end[i] = begin + all[i].Bytes;
            }
            sum += (double)end.Max() / least[e];
        }
        return sum;
    }

    /// <summary>The highest interval of an example, what it rests on, and so on to the bottom.</summary>
    private List<int> Path(int example)
    {
        var (all, end) = (examples[example], ends[example]);
        var path = new List<int> { Enumerable.Range(0, end.Length).MaxBy(i => end[i]) };
        while (meets[path[^1]].Where(j => place[j] < place[path[^1]] && end[j] > 0).ToList() is { Count: > 0 } below) path.Add(below.MaxBy(j => end[j]));
        return path;
    }
}
