using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>Memory of a GPU of NVIDIA's. Copies go through host memory that stays in place: mapped files are read once, by the copy, and the device fetches at its own pace.</summary>
internal sealed unsafe class CudaMemory(CudaDevice device, nint address, long bytes) : DeviceMemory(bytes)
{
    /// <summary>Bytes of one stretch that copies go through; while the device reads one the next is filled.</summary>
    public const int Stage = 8 << 20;

    public nint Address(long offset) => address + (nint)offset;

    public override void Upload(long to, Bytes data, long bytes)
    {
        device.Enter();
        var copy = (delegate* unmanaged<nint, nint, nuint, nint, int>)device.Library.Function("cuMemcpyHtoDAsync_v2");
        for (var (at, turn) = (0L, 0); at < bytes; at += Stage, turn++)
        {
            // Both stretches are free once the device has read what they held.
            if (turn % 2 == 0) device.Synchronize();
            var (stage, length) = (device.Stages + turn % 2 * Stage, Math.Min(Stage, bytes - at));
            System.Buffer.MemoryCopy((void*)(data.Address + (nint)at), (void*)stage, Stage, length);
            device.Check(copy(Address(to + at), stage, (nuint)length, device.Stream), "copying to the device");
        }
        GC.KeepAlive(data);
    }

    /// <summary>From memory of any kind: the driver copies it through its own, in a stream of its own.</summary>
    public override void UploadBeside(long to, Bytes data, long bytes)
    {
        device.Enter();
        if (bytes > 0) device.Check(((delegate* unmanaged<nint, nint, nuint, nint, int>)device.Library.Function("cuMemcpyHtoDAsync_v2"))(Address(to), data.Address, (nuint)bytes, device.CopyStream), "copying to the device");
        device.Check(((delegate* unmanaged<nint, int>)device.Library.Function("cuStreamSynchronize"))(device.CopyStream), "copying to the device");
        GC.KeepAlive(data);
    }

    public override Bytes Download(long from, long bytes)
    {
        device.Synchronize();
        var data = Bytes.Zeros(bytes);
        var copy = (delegate* unmanaged<nint, nint, nuint, nint, int>)device.Library.Function("cuMemcpyDtoHAsync_v2");
        for (var at = 0L; at < bytes; at += Stage)
        {
            var length = Math.Min(Stage, bytes - at);
            device.Check(copy(device.Stages, Address(from + at), (nuint)length, device.Stream), "copying from the device");
            device.Synchronize();
            System.Buffer.MemoryCopy((void*)device.Stages, (void*)(data.Address + (nint)at), length, length);
        }
        return data;
    }

    public override void Dispose() => device.Leave("cuMemFree_v2", address);
}
