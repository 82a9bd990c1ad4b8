namespace Lathe.Passes;

/// <summary>Bytes that are needed from one step to another, both inclusive.</summary>
public readonly record struct Interval(int First, int Last, long Bytes)
{
    /// <summary>Whether both are needed at some step.</summary>
    public bool Meets(Interval other) => First <= other.Last && other.First <= Last;

    /// <summary>Bytes × steps.</summary>
    public double Area => (double)Bytes * (Last - First + 1);

    /// <summary>The most bytes that are needed at one step: no placement takes fewer.</summary>
    public static long Most(IReadOnlyCollection<Interval> all)
    {
        var (most, now) = (0L, 0L);
        foreach (var (_, change) in all.SelectMany(i => ((int At, long Change)[])[(i.First, i.Bytes), (i.Last + 1, -i.Bytes)]).GroupBy(c => c.At, c => c.Change).OrderBy(g => g.Key).Select(g => (g.Key, g.Sum())))
            most = Math.Max(most, now += change);
        return most;
    }
}
