using System.Runtime.CompilerServices;

namespace ILGPU.Running;

/// <summary>What the threads of one group have in common: barriers, shared memory, the registers that shuffles read.</summary>
internal sealed class ThreadGroup : IDisposable
{
    public const int WarpSize = 32;

    private readonly Barrier everyone;
    private readonly Barrier[] warps;
    private readonly ulong[] registers;
    private readonly Scratch memory = new();
    private readonly Dictionary<int, object> allocations = [];
    private volatile Exception? failure;

    public ThreadGroup(int threads)
    {
        everyone = new Barrier(threads);
        warps = [.. Enumerable.Range(0, (threads + WarpSize - 1) / WarpSize).Select(warp => new Barrier(Math.Min(WarpSize, threads - warp * WarpSize)))];
        registers = new ulong[threads];
    }

    /// <summary>What the first thread to fail threw.</summary>
    public Exception? Failure => failure;

    public void Wait() => Wait(everyone);

    public void WaitForWarp(int warp) => Wait(warps[warp]);

    private void Wait(Barrier barrier)
    {
        barrier.SignalAndWait();
        if (failure is not null)
            throw new OperationCanceledException("another thread of the group failed");
    }

    /// <summary>Every lane offers a value and takes that of another; two barriers keep one exchange from the next.</summary>
    public unsafe T Exchange<T>(int thread, T value, int sourceLane) where T : unmanaged
    {
        if (sizeof(T) > sizeof(ulong))
            throw new NotSupportedException($"a shuffle moves 8 bytes at most, {typeof(T).Name} has {sizeof(T)}");
        var warp = thread / WarpSize;
        var source = warp * WarpSize + sourceLane;
        Unsafe.As<ulong, T>(ref registers[thread]) = value;
        WaitForWarp(warp);
        var exists = sourceLane is >= 0 and < WarpSize && source < registers.Length;
        var taken = exists ? Unsafe.As<ulong, T>(ref registers[source]) : value;
        WaitForWarp(warp);
        return taken;
    }

    /// <summary>The group's <paramref name="ordinal"/>-th shared allocation, made by whichever thread comes first.</summary>
    public ArrayView<T> Shared<T>(int ordinal, int extent) where T : unmanaged
    {
        lock (allocations)
        {
            if (!allocations.TryGetValue(ordinal, out var view))
                allocations.Add(ordinal, view = memory.Allocate<T>(extent));
            return (ArrayView<T>)view;
        }
    }

    public void Fail(Exception exception) => Interlocked.CompareExchange(ref failure, exception, null);

    /// <summary>A thread that has ended keeps nobody waiting.</summary>
    public void Leave(int thread)
    {
        everyone.RemoveParticipant();
        warps[thread / WarpSize].RemoveParticipant();
    }

    public void Dispose()
    {
        everyone.Dispose();
        foreach (var warp in warps)
            warp.Dispose();
        memory.Dispose();
    }
}
