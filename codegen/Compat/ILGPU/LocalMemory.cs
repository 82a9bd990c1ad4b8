using ILGPU.Running;

namespace ILGPU;

/// <summary>Memory of one thread; the content at first is undefined.</summary>
public static class LocalMemory
{
    public static ArrayView<T> Allocate<T>(int extent) where T : unmanaged => KernelThread.Current.AllocateLocal<T>(extent);
}
