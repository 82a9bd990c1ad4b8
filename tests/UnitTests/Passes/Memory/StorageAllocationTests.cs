using Lathe.Passes;

namespace Lathe.UnitTests.Passes;

public sealed class StorageAllocationTests
{
    private const long Unit = 64;

    [Fact]
    public void Nothing_overlaps_all_is_aligned_and_the_top_is_near_the_bound()
    {
        var random = new Random(3);
        for (var round = 0; round < 120; round++)
        {
            var all = Intervals(random, 2 + random.Next(60), 40);
            var offsets = StorageAllocation.Place(all, Unit);
            Assert.All(offsets, o => Assert.True(o >= 0 && o % Unit == 0));
            Assert.Empty(Overlaps(all, offsets));
            Assert.True(StorageAllocation.Top(all, offsets) <= Interval.Most(all) * 1.05, $"round {round}: {StorageAllocation.Top(all, offsets)} bytes, the bound is {Interval.Most(all)}");
        }
    }

    [Fact]
    public void A_few_are_placed_as_low_as_they_can_be()
    {
        var random = new Random(4);
        for (var round = 0; round < 200; round++)
        {
            var all = Intervals(random, 6, 8);
            Assert.Equal(LeastTop(all), StorageAllocation.Top(all, StorageAllocation.Place(all, Unit)));
        }
    }

    [Fact]
    public void The_same_intervals_get_the_same_offsets()
    {
        var all = Intervals(new Random(5), 80, 30);
        Assert.Equal(StorageAllocation.Place(all, Unit), StorageAllocation.Place([.. all], Unit));
    }

    [Fact]
    public void No_intervals_take_nothing()
    {
        Assert.Empty(StorageAllocation.Place([], Unit));
        Assert.Equal(0, Interval.Most([]));
    }

    [Fact]
    public void Very_many_take_bounded_work()
    {
        var all = Intervals(new Random(6), 3000, 1500);
        var offsets = StorageAllocation.Place(all, Unit);
        Assert.Empty(Overlaps(all, offsets));
        Assert.True(StorageAllocation.Top(all, offsets) <= Interval.Most(all) * 1.25);
    }

    internal static Interval[] Intervals(Random random, int count, int steps) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        var first = random.Next(steps);
        return new Interval(first, Math.Min(steps - 1, first + (random.Next(5) == 0 ? random.Next(steps) : random.Next(4))), Unit * (1 + random.Next(1 << random.Next(8))));
    })];

    internal static IEnumerable<(int, int)> Overlaps(Interval[] all, long[] offsets) => Enumerable.Range(0, all.Length).SelectMany(i => Enumerable.Range(0, i).Select(j => (i, j)))
        .Where(p => all[p.i].Meets(all[p.j]) && offsets[p.i] < offsets[p.j] + all[p.j].Bytes && offsets[p.j] < offsets[p.i] + all[p.i].Bytes);

    /// <summary>Every order, each interval as low as it can be over those before it.</summary>
    private static long LeastTop(Interval[] all)
    {
        var best = long.MaxValue;
        Visit([]);
        return best;

        void Visit(List<(int Interval, long End)> placed)
        {
            if (placed.Count == all.Length) best = Math.Min(best, placed.Max(p => p.End));
            for (var i = 0; i < all.Length; i++)
                if (!placed.Exists(p => p.Interval == i)) Visit([.. placed, (i, all[i].Bytes + placed.Where(p => all[p.Interval].Meets(all[i])).Select(p => p.End).DefaultIfEmpty().Max())]);
        }
    }
}
