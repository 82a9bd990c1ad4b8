namespace Lathe.Codegen.Gpu;

/// <summary>A point in the device's stream.</summary>
internal sealed unsafe class CudaEvent : IDisposable
{
    private readonly CudaDevice device;

    public CudaEvent(CudaDevice device)
    {
        this.device = device;
        device.Enter();
        nint made = 0;
        device.Check(((delegate* unmanaged<nint*, uint, int>)device.Library.Function("cuEventCreate"))(&made, 0), "making an event");
        Handle = made;
    }

    public nint Handle { get; }

    /// <summary>Puts it behind all that was asked.</summary>
    public void Record()
    {
        device.Enter();
        device.Check(((delegate* unmanaged<nint, nint, int>)device.Library.Function("cuEventRecord"))(Handle, device.Stream), "recording an event");
    }

    public void Wait()
    {
        device.Enter();
        device.Check(((delegate* unmanaged<nint, int>)device.Library.Function("cuEventSynchronize"))(Handle), "running kernels");
    }

    public void Dispose() => device.Leave("cuEventDestroy_v2", Handle);
}
