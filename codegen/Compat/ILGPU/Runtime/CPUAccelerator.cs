namespace ILGPU.Runtime.CPU;

/// <summary>The one device of the subset.</summary>
public sealed class CPUAccelerator : Accelerator
{
    internal CPUAccelerator()
    {
    }

    public override string Name => "CPU (subset of ILGPU)";
    public override AcceleratorType AcceleratorType => AcceleratorType.CPU;
}
