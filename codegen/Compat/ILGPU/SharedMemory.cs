using ILGPU.Running;

namespace ILGPU;

/// <summary>Memory of a group. Its n-th allocation is the same memory for all its threads; the content at first is undefined.</summary>
public static class SharedMemory
{
    public static ArrayView<T> Allocate<T>(int extent) where T : unmanaged => KernelThread.Current.AllocateShared<T>(extent);
}
