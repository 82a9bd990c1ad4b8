namespace ILGPU;

/// <summary>Makes this thread's writes visible before it goes on.</summary>
public static class MemoryFence
{
    public static void GroupLevel() => Interlocked.MemoryBarrier();
    public static void DeviceLevel() => Interlocked.MemoryBarrier();
}
