namespace ILGPU.Runtime.Cuda;

/// <summary>NVIDIA's devices, of which the subset knows none.</summary>
public static class CudaContextExtensions
{
    public static Context.Builder Cuda(this Context.Builder builder) => builder;
}
