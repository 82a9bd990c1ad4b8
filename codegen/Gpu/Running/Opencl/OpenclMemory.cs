using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>Memory of an OpenCL device.</summary>
internal sealed unsafe class OpenclMemory(OpenclDevice device, nint memory, long bytes) : DeviceMemory(bytes)
{
    public nint Handle => memory;

    public override void Upload(long to, Bytes data, long bytes)
    {
        if (bytes > 0) Copy("clEnqueueWriteBuffer", device.Queue, to, data.Address, bytes, "copying to the device");
        GC.KeepAlive(data);
    }

    public override void UploadBeside(long to, Bytes data, long bytes)
    {
        if (bytes > 0) Copy("clEnqueueWriteBuffer", device.CopyQueue, to, data.Address, bytes, "copying to the device");
        GC.KeepAlive(data);
    }

    public override Bytes Download(long from, long bytes)
    {
        var data = Bytes.Zeros(bytes);
        if (bytes > 0) Copy("clEnqueueReadBuffer", device.Queue, from, data.Address, bytes, "copying from the device");
        return data;
    }

    /// <summary>Returns once all that was asked of the queue before, and the copy, is done.</summary>
    private void Copy(string function, nint queue, long at, nint host, long bytes, string what)
    {
        const uint wait = 1;
        OpenclLibrary.Check(((delegate* unmanaged<nint, nint, uint, nuint, nuint, nint, uint, nint, nint, int>)device.Library.Function(function))(queue, memory, wait, (nuint)at, (nuint)bytes, host, 0, 0, 0), what);
    }

    public override void Dispose() => device.Release("clReleaseMemObject", memory);
}
