namespace ILGPU.Runtime;

/// <summary>A device that a context found; here there is the CPU alone.</summary>
public sealed class Device
{
    internal Device(AcceleratorType type, string name) => (AcceleratorType, Name) = (type, name);

    public AcceleratorType AcceleratorType { get; }
    public string Name { get; }
    public int WarpSize => Warp.WarpSize;
    public long MemorySize => long.MaxValue;

    public Accelerator CreateAccelerator(Context context) => new CPU.CPUAccelerator();
}
