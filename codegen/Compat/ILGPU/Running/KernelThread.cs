namespace ILGPU.Running;

/// <summary>The thread of a launch that this thread of the CPU plays.</summary>
internal sealed class KernelThread(KernelConfig launch, ThreadGroup group, Index3D groupIndex, Index3D index)
{
    [ThreadStatic]
    private static KernelThread? current;

    private readonly Scratch local = new();
    private int sharedAllocations;

    public static KernelThread Current =>
        current ?? throw new InvalidOperationException("this is asked of a running kernel; no kernel runs on this thread");

    public KernelConfig Launch => launch;
    public ThreadGroup Group => group;
    public Index3D GroupIndex => groupIndex;
    public Index3D Index => index;
    public int LinearIndex => (index.Z * launch.GroupDim.Y + index.Y) * launch.GroupDim.X + index.X;

    public void Run(Action kernel)
    {
        current = this;
        try
        {
            kernel();
        }
        finally
        {
            current = null;
            local.Dispose();
        }
    }

    public ArrayView<T> AllocateShared<T>(int extent) where T : unmanaged => group.Shared<T>(sharedAllocations++, extent);

    public ArrayView<T> AllocateLocal<T>(int extent) where T : unmanaged => local.Allocate<T>(extent);
}
