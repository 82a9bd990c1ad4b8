using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lathe.Runtime;

/// <summary>The services a .NET program offers to a run: threads, cancellation, kernel times. Those not asked for are null in the C structure and cost nothing.</summary>
public sealed unsafe class Host : IDisposable
{
    private readonly ParallelPool? pool;
    private readonly KernelTimes? times;
    private readonly CancellationToken cancellation;
    private readonly NativeHost* native;
    private GCHandle self;

    /// <param name="threads">Threads of a run, the caller's included; 1 offers none.</param>
    /// <param name="times">Where to add up time by kernel, or null.</param>
    /// <param name="cancellation">Ends a run between two kernels.</param>
    public Host(int threads = 1, KernelTimes? times = null, CancellationToken cancellation = default)
    {
        this.times = times;
        this.cancellation = cancellation;
        pool = threads > 1 ? new(threads) : null;
        self = GCHandle.Alloc(this);
        native = (NativeHost*)NativeMemory.AllocZeroed((nuint)sizeof(NativeHost));
        native->Size = (uint)sizeof(NativeHost);
        native->Abi = NativeHost.CurrentAbi;
        native->User = (void*)GCHandle.ToIntPtr(self);
        native->ParallelFor = pool is null ? null : &ParallelFor;
        native->Cancelled = cancellation.CanBeCanceled ? &Cancelled : null;
        native->Kernel = times is null ? null : &Kernel;
    }

    /// <summary>What <see cref="Artifact.Run"/> takes; valid until this is disposed.</summary>
    public NativeHost* Native => native;

    /// <summary>Ends the threads; no run may be under way.</summary>
    public void Dispose()
    {
        if (!self.IsAllocated) return;
        self.Free();
        NativeMemory.Free(native);
        pool?.Dispose();
    }

    private static Host Of(void* user) => Unsafe.As<Host>(GCHandle.FromIntPtr((nint)user).Target!);

    [UnmanagedCallersOnly]
    private static void ParallelFor(void* user, long count, delegate* unmanaged<void*, long, void> body, void* argument) => Of(user).pool!.For(count, body, argument);

    [UnmanagedCallersOnly]
    private static int Cancelled(void* user) => Of(user).cancellation.IsCancellationRequested ? 1 : 0;

    [UnmanagedCallersOnly]
    private static void Kernel(void* user, int kernel, int begin) => Of(user).times!.Mark(kernel, begin != 0);
}
