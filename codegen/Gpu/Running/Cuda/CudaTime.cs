namespace Lathe.Codegen.Gpu;

/// <summary>Time between two events in the device's stream.</summary>
internal sealed unsafe class CudaTime : DeviceTime
{
    private readonly CudaDevice device;
    private nint begin, end;

    public CudaTime(CudaDevice device)
    {
        this.device = device;
        device.Enter();
        try
        {
            begin = Event();
            end = Event();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override void Begin() => Record(begin);

    public override void End() => Record(end);

    public override double? Milliseconds
    {
        get
        {
            device.Synchronize();
            var milliseconds = 0f;
            device.Check(((delegate* unmanaged<float*, nint, nint, int>)device.Library.Function("cuEventElapsedTime"))(&milliseconds, begin, end), "timing");
            return milliseconds;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) device.Leave("cuEventDestroy_v2", begin, end);
        (begin, end) = (0, 0);
    }

    private nint Event()
    {
        nint made = 0;
        device.Check(((delegate* unmanaged<nint*, uint, int>)device.Library.Function("cuEventCreate"))(&made, 0), "timing");
        return made;
    }

    private void Record(nint at)
    {
        device.Enter();
        device.Check(((delegate* unmanaged<nint, nint, int>)device.Library.Function("cuEventRecord"))(at, device.Stream), "timing");
    }
}
