using System.Reflection;

namespace ILGPU.Runtime;

/// <summary>A device: memory, and kernels that run on it.</summary>
public abstract class Accelerator : IDisposable
{
    private protected Accelerator()
    {
    }

    public abstract string Name { get; }
    public abstract AcceleratorType AcceleratorType { get; }
    public int WarpSize => Warp.WarpSize;
    public int MaxNumThreadsPerGroup => 1024;
    public AcceleratorStream DefaultStream { get; } = new();

    /// <summary>Launches here return when they are done, so there is nothing to wait for.</summary>
    public void Synchronize() => DefaultStream.Synchronize();

    public MemoryBuffer1D<T, Stride1D.Dense> Allocate1D<T>(long length) where T : unmanaged => new(length);

    /// <summary>A kernel that is launched with a <see cref="KernelConfig"/>.</summary>
    public Kernel LoadKernel(MethodInfo method) => new(method, autoGrouped: false);

    /// <summary>A kernel whose first parameter is its index; the device chooses groups.</summary>
    public Kernel LoadAutoGroupedKernel(MethodInfo method) => new(method, autoGrouped: true);

    public void Dispose()
    {
    }
}
