namespace ILGPU.Runtime.CPU;

/// <summary>The CPU as a device.</summary>
public static class CPUContextExtensions
{
    public static Context.Builder CPU(this Context.Builder builder, CPUDeviceKind kind) => builder;

    public static CPUAccelerator CreateCPUAccelerator(this Context context, int cpuDeviceIndex) => new();
}
