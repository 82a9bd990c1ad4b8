using System.Runtime.InteropServices;

namespace Lathe.Runtime;

/// <summary>
/// Threads for <see cref="NativeHost.ParallelFor"/>. Each thread begins with the same share of a count in every run, so caches stay warm and nothing
/// is contended, and takes over what others have not begun when its own is done: a thread that has lost its core is not waited for. Shares are walked forth in one
/// loop and back in the next, so that weights which no cache holds whole are met again where they were read last. Workers spin between the
/// kernels of a run, which makes a hand-over cheap, and sleep when no run follows.
/// </summary>
public sealed unsafe class ParallelPool : IDisposable
{
    // .NET makes one spin about 40 ns on every machine. A worker waits 0.4 ms, longer than most serial kernels between two parallel ones;
    // the caller waits 40 microseconds, then lends its core to a worker that may have none.
    private const int SpinsBeforeSleep = 10_000, SpinsBeforeYield = 1_000;
    private const long MostAtOnce = 1L << 30;

    private readonly object sleepers = new();
    private readonly Thread[] workers;
    private readonly Share[] shares;
    private readonly int spinsBeforeSleep, spinsBeforeYield;
    private delegate* unmanaged<void*, long, void> body;
    private void* argument;
    private long first;
    private int count;
    private int round;
    private int done;
    private int sleeping;
    private int busy;
    private volatile bool stopping;

    /// <summary>What is left of a share, on cache lines of its own: the round in the upper half, the next index in the lower.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Share
    {
        public long Next;
    }

    /// <summary>Starts all threads but one: the caller of a run works too.</summary>
    public ParallelPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        shares = new Share[threads];
        // With more threads than cores a spinning thread keeps a working one from its core.
        if (threads <= Environment.ProcessorCount) (spinsBeforeSleep, spinsBeforeYield) = (SpinsBeforeSleep, SpinsBeforeYield);
        workers = new Thread[threads - 1];
        for (var i = 0; i < workers.Length; i++)
        {
            var own = i + 1;
            workers[i] = new(() => Run(own)) { IsBackground = true, Name = $"lathe {own}" };
            workers[i].Start();
        }
    }

    /// <summary>Threads that share a count, the caller's included.</summary>
    public int Threads => shares.Length;

    /// <summary>Calls <c>body(argument, i)</c> for every i below <paramref name="count"/>; on this thread alone when another one, or an outer loop, has the workers.</summary>
    public void For(long count, delegate* unmanaged<void*, long, void> body, void* argument)
    {
        if (count < 2 || workers.Length == 0 || Interlocked.CompareExchange(ref busy, 1, 0) != 0)
        {
            for (long i = 0; i < count; i++) body(argument, i);
            return;
        }
        this.body = body;
        this.argument = argument;
        for (first = 0; first < count; first += MostAtOnce) Shared((int)Math.Min(count - first, MostAtOnce));
        Volatile.Write(ref busy, 0);
    }

    /// <summary>Ends the workers; no run may be under way.</summary>
    public void Dispose()
    {
        stopping = true;
        Interlocked.Increment(ref round);
        Wake();
        foreach (var worker in workers) worker.Join();
    }

    private void Shared(int count)
    {
        (this.count, done) = (count, 0);
        var current = round + 1;
        for (var share = 0; share < shares.Length; share++) Volatile.Write(ref shares[share].Next, (long)current << 32 | (uint)Begin(share));
        Interlocked.Exchange(ref round, current); // publishes the loop; a full fence before sleeping is read
        if (Volatile.Read(ref sleeping) > 0) Wake();
        Work(0, current);
        for (var spins = 0; Volatile.Read(ref done) != count; spins++)
        {
            if (spins < spinsBeforeYield) Thread.SpinWait(1);
            else Thread.Yield();
        }
    }

    private void Run(int own)
    {
        for (var seen = 0; ;)
        {
            for (var spins = 0; Volatile.Read(ref round) == seen; spins++)
            {
                if (spins < spinsBeforeSleep) Thread.SpinWait(1);
                else Sleep(seen);
            }
            seen = Volatile.Read(ref round);
            if (stopping) return;
            Work(own, seen);
        }
    }

    /// <summary>Works off a thread's own share, then what is left of the others'.</summary>
    private void Work(int own, int current)
    {
        var ran = 0;
        for (var turn = 0; turn < shares.Length; turn++)
        {
            var share = (own + turn) % shares.Length;
            while (true)
            {
                var next = Volatile.Read(ref shares[share].Next);
                // A late worker may see the next loop here, or half of it. Nothing of a loop changes before all of it is done, so
                // what was read belongs to the loop of a place that can still be taken.
                if ((int)(next >> 32) != current) return;
                var work = body;
                var with = argument;
                var (at, index) = (first, (int)next);
                if (index >= Begin(share + 1)) break;
                if (Interlocked.CompareExchange(ref shares[share].Next, next + 1, next) != next) continue;
                work(with, at + ((current & 1) == 0 ? index : Begin(share) + Begin(share + 1) - 1 - index));
                ran++;
            }
        }
        if (ran > 0) Interlocked.Add(ref done, ran);
    }

    private int Begin(int share) => (int)((long)Volatile.Read(ref count) * share / shares.Length);

    private void Sleep(int seen)
    {
        lock (sleepers)
        {
            Interlocked.Increment(ref sleeping); // a full fence before the round is read again: no wake-up is missed
            while (Volatile.Read(ref round) == seen) Monitor.Wait(sleepers);
            Interlocked.Decrement(ref sleeping);
        }
    }

    private void Wake()
    {
        lock (sleepers) Monitor.PulseAll(sleepers);
    }
}
