using System.Runtime.InteropServices;
using Lathe.Runtime;

namespace Lathe.UnitTests.Runtime;

public sealed unsafe class ParallelPoolTests
{
    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 7)]
    [InlineData(4, 1001)]
    public void Every_index_is_called_once(int threads, int count)
    {
        using var pool = new ParallelPool(threads);
        var calls = new int[count];
        fixed (int* start = calls)
            for (var round = 0; round < 2000; round++) pool.For(count, &Count, start);
        Assert.All(calls, n => Assert.Equal(2000, n));
    }

    [Fact]
    public void A_pool_in_use_leaves_the_loop_to_its_caller()
    {
        using var pool = new ParallelPool(2);
        var outer = new Outer { Pool = GCHandle.Alloc(pool) };
        var calls = new int[2 * 100];
        fixed (int* start = calls)
        {
            outer.Calls = start;
            pool.For(2, &Nested, &outer);
        }
        outer.Pool.Free();
        Assert.All(calls, n => Assert.Equal(1, n));
    }

    /// <summary>The index that a worker begins with ends only when all others have: somebody else must take the rest of its share.</summary>
    [Fact]
    public void Who_is_slow_is_not_waited_for()
    {
        using var pool = new ParallelPool(2);
        var calls = new int[64];
        fixed (int* start = calls)
            for (var round = 1; round <= 20; round++) pool.For(64, &LastOfAll, start);
        Assert.All(calls, n => Assert.Equal(20, n));
    }

    [Fact]
    public void Workers_wake_after_sleep()
    {
        using var pool = new ParallelPool(2);
        var calls = new int[64];
        fixed (int* start = calls)
        {
            for (var round = 0; round < 3; round++)
            {
                Thread.Sleep(20); // far longer than workers spin
                pool.For(64, &Count, start);
            }
        }
        Assert.All(calls, n => Assert.Equal(3, n));
    }

    private struct Outer
    {
        public GCHandle Pool;
        public int* Calls;
    }

    [UnmanagedCallersOnly]
    private static void Count(void* calls, long i) => Interlocked.Increment(ref ((int*)calls)[i]);

    [UnmanagedCallersOnly]
    private static void LastOfAll(void* calls, long i)
    {
        var all = (int*)calls;
        var before = all[32];
        // Ends in any case: the count of a round that was cut short differs, and a test must not hang.
        if (i == 32 && !SpinWait.SpinUntil(() => Enumerable.Range(0, 64).All(j => j == 32 || Volatile.Read(ref all[j]) == before + 1), TimeSpan.FromSeconds(30))) return;
        Interlocked.Increment(ref all[i]);
    }

    [UnmanagedCallersOnly]
    private static void Nested(void* argument, long i)
    {
        var outer = (Outer*)argument;
        ((ParallelPool)outer->Pool.Target!).For(100, &Count, outer->Calls + 100 * i);
    }
}
