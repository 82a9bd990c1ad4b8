namespace Lathe.Codegen.Gpu;

/// <summary>What GPU code runs on.</summary>
public enum GpuKind
{
    /// <summary>A GPU of NVIDIA's: PTX from LLVM, through the driver.</summary>
    Cuda,
    /// <summary>Whatever ILGPU finds: C# through it.</summary>
    Ilgpu,
    /// <summary>Any device with an OpenCL driver: C through its loader.</summary>
    Opencl,
    /// <summary>The same kernels on the processor, to test them: slow.</summary>
    Cpu,
}

/// <summary>Names of kinds.</summary>
public static class GpuKinds
{
    extension(GpuKind kind)
    {
        /// <summary>As the command line has it.</summary>
        public string Word => kind.ToString().ToLowerInvariant();
    }
}
