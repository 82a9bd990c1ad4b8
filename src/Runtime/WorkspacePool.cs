using System.Runtime.InteropServices;

namespace Lathe.Runtime;

/// <summary>
/// Workspaces lent to runs on any threads. As many are kept as run at once, up to a bound; nothing is taken from the managed heap, and a block
/// that is too small for a run is exchanged for a larger one, so that the pool settles.
/// </summary>
internal sealed unsafe class WorkspacePool : IDisposable
{
    private const int Header = Artifact.WorkspaceAlignment; // the block's size stands before it, and the alignment stays
    private readonly nint[] free = new nint[Math.Max(16, 4 * Environment.ProcessorCount)];
    private volatile bool disposed;

    /// <summary>A block of at least this many bytes.</summary>
    public void* Rent(ulong bytes)
    {
        for (int turn = 0, at = Environment.CurrentManagedThreadId; turn < free.Length; turn++, at++)
        {
            ref var place = ref free[at % free.Length];
            if (Volatile.Read(ref place) == 0 || Interlocked.Exchange(ref place, 0) is var block && block == 0) continue;
            if (Size(block) >= bytes) return (void*)block;
            Free(block);
            break;
        }
        var whole = (byte*)NativeMemory.AlignedAlloc(checked((nuint)bytes + Header), Header);
        *(ulong*)whole = bytes;
        return whole + Header;
    }

    /// <summary>Takes a block back.</summary>
    public void Return(void* block)
    {
        for (int turn = 0, at = Environment.CurrentManagedThreadId; turn < free.Length && !disposed; turn++, at++)
        {
            ref var place = ref free[at % free.Length];
            if (Volatile.Read(ref place) != 0 || Interlocked.CompareExchange(ref place, (nint)block, 0) != 0) continue;
            if (disposed) Dispose();
            return;
        }
        Free((nint)block);
    }

    public void Dispose()
    {
        disposed = true;
        for (var at = 0; at < free.Length; at++)
            if (Interlocked.Exchange(ref free[at], 0) is var block && block != 0) Free(block);
    }

    private static ulong Size(nint block) => *(ulong*)(block - Header);

    private static void Free(nint block) => NativeMemory.AlignedFree((void*)(block - Header));
}
