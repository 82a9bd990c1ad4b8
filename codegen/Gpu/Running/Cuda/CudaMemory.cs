using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>Memory of a GPU of NVIDIA's.</summary>
internal sealed unsafe class CudaMemory(CudaDevice device, nint address, long bytes) : DeviceMemory(bytes)
{
    /// <summary>Least bytes that go through memory which the device reads by itself: below it the driver's own copies are as fast.</summary>
    private const long LeastStaged = 1 << 20;

    /// <summary>Bytes of one such stretch; while the device reads one the next is filled.</summary>
    private const int Stage = 8 << 20;

    public nint Address(long offset) => address + (nint)offset;

    public override void Upload(long to, Bytes data, long bytes)
    {
        if (bytes == 0) return;
        device.Enter();
        if (bytes >= LeastStaged) Staged(to, data, bytes);
        else Copy(to, data.Address, bytes);
        GC.KeepAlive(data);
    }

    public override Bytes Download(long from, long bytes)
    {
        device.Synchronize();
        var data = Bytes.Zeros(bytes);
        if (bytes > 0) device.Check(((delegate* unmanaged<nint, nint, nuint, int>)device.Library.Function("cuMemcpyDtoH_v2"))(data.Address, Address(from), (nuint)bytes), "copying from the device");
        return data;
    }

    public override void Dispose()
    {
        device.Enter();
        _ = ((delegate* unmanaged<nint, int>)device.Library.Function("cuMemFree_v2"))(address);
    }

    private void Copy(long to, nint from, long bytes) =>
        device.Check(((delegate* unmanaged<nint, nint, nuint, nint, int>)device.Library.Function("cuMemcpyHtoDAsync_v2"))(Address(to), from, (nuint)bytes, device.Stream), "copying to the device");

    /// <summary>Through two stretches of memory that stay in place: mapped files are read once, by this.</summary>
    private void Staged(long to, Bytes data, long bytes)
    {
        nint stages = 0;
        device.Check(((delegate* unmanaged<nint*, nuint, uint, int>)device.Library.Function("cuMemHostAlloc"))(&stages, 2 * Stage, 0), "asking for memory to copy through");
        try
        {
            for (var (at, turn) = (0L, 0); at < bytes; at += Stage, turn++)
            {
                // Both stretches are under way: the one to fill is free once the device has read it.
                if (turn >= 2) device.Synchronize();
                var (stage, length) = (stages + turn % 2 * Stage, Math.Min(Stage, bytes - at));
                System.Buffer.MemoryCopy((void*)(data.Address + (nint)at), (void*)stage, Stage, length);
                Copy(to + at, stage, length);
            }
            device.Synchronize();
        }
        finally { _ = ((delegate* unmanaged<nint, int>)device.Library.Function("cuMemFreeHost"))(stages); }
    }
}
