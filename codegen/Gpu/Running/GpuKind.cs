namespace Lathe.Codegen.Gpu;

/// <summary>What GPU code runs on.</summary>
public enum GpuKind
{
    /// <summary>A GPU of NVIDIA's, through its driver.</summary>
    Cuda,
    /// <summary>Any device with an OpenCL driver.</summary>
    Opencl,
    /// <summary>The same kernels on the processor, to test them: slow.</summary>
    Cpu,
}
