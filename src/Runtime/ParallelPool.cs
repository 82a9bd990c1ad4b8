using System.Runtime.InteropServices;

namespace Lathe.Runtime;

/// <summary>
/// Threads for <see cref="NativeHost.ParallelFor"/>. Each thread always takes the same share of a count, so caches stay warm and nothing is
/// contended; workers spin between the kernels of a run, which makes a hand-over cheap, and sleep when no run follows.
/// </summary>
public sealed unsafe class ParallelPool : IDisposable
{
    // .NET makes one spin about 40 ns on every machine. A worker waits 0.4 ms, longer than most serial kernels between two parallel ones;
    // the caller waits 40 microseconds, then lends its core to a worker that may have none.
    private const int SpinsBeforeSleep = 10_000, SpinsBeforeYield = 1_000;

    private readonly object sleepers = new();
    private readonly Thread[] workers;
    private readonly Finished[] finished;
    private readonly int spinsBeforeSleep, spinsBeforeYield;
    private delegate* unmanaged<void*, long, void> body;
    private void* argument;
    private long count;
    private long round;
    private int sleeping;
    private int busy;
    private volatile bool stopping;

    /// <summary>The last round that a thread has finished, on a cache line of its own.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Finished
    {
        public long Round;
    }

    /// <summary>Starts all threads but one: the caller of a run works too.</summary>
    public ParallelPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        finished = new Finished[threads];
        // With more threads than cores a spinning thread keeps a working one from its core.
        if (threads <= Environment.ProcessorCount) (spinsBeforeSleep, spinsBeforeYield) = (SpinsBeforeSleep, SpinsBeforeYield);
        workers = new Thread[threads - 1];
        for (var i = 0; i < workers.Length; i++)
        {
            var share = i + 1;
            workers[i] = new(() => Work(share)) { IsBackground = true, Name = $"lathe {share}" };
            workers[i].Start();
        }
    }

    /// <summary>Threads that share a count, the caller's included.</summary>
    public int Threads => finished.Length;

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
        this.count = count;
        var current = Interlocked.Increment(ref round); // publishes the loop; a full fence before sleeping is read
        if (Volatile.Read(ref sleeping) > 0) Wake();
        Share(0);
        for (var share = 1; share < finished.Length; share++)
        {
            for (var spins = 0; Volatile.Read(ref finished[share].Round) != current; spins++)
            {
                if (spins < spinsBeforeYield) Thread.SpinWait(1);
                else Thread.Yield();
            }
        }
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

    private void Work(int share)
    {
        for (long seen = 0; ; Volatile.Write(ref finished[share].Round, seen))
        {
            for (var spins = 0; Volatile.Read(ref round) == seen; spins++)
            {
                if (spins < spinsBeforeSleep) Thread.SpinWait(1);
                else Sleep(seen);
            }
            seen = Volatile.Read(ref round);
            if (stopping) return;
            Share(share);
        }
    }

    private void Share(int share)
    {
        var (begin, end) = (count * share / finished.Length, count * (share + 1) / finished.Length);
        for (var i = begin; i < end; i++) body(argument, i);
    }

    private void Sleep(long seen)
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
