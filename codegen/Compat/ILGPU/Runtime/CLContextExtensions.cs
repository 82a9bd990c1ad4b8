namespace ILGPU.Runtime.OpenCL;

/// <summary>OpenCL's devices, of which the subset knows none.</summary>
public static class CLContextExtensions
{
    public static Context.Builder OpenCL(this Context.Builder builder) => builder;
}
