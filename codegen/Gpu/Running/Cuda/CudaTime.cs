namespace Lathe.Codegen.Gpu;

/// <summary>Time between two events in the device's stream.</summary>
internal sealed unsafe class CudaTime(CudaDevice device) : DeviceTime
{
    private readonly CudaEvent begin = new(device), end = new(device);

    public override void Begin() => begin.Record();

    public override void End() => end.Record();

    public override double? Milliseconds
    {
        get
        {
            device.Synchronize();
            var milliseconds = 0f;
            device.Check(((delegate* unmanaged<float*, nint, nint, int>)device.Library.Function("cuEventElapsedTime"))(&milliseconds, begin.Handle, end.Handle), "timing");
            return milliseconds;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        begin.Dispose();
        end.Dispose();
    }
}
