using Lathe.Codegen.Gpu;

namespace Lathe.UnitTests.Gpu;

/// <summary>A theory that needs an OpenCL device; PoCL makes the processor one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OpenclTheoryAttribute : TheoryAttribute
{
    public OpenclTheoryAttribute() => Skip = GpuDevice.Found(GpuKind.Opencl).Count == 0 ? "no OpenCL device is here (apt-get install pocl-opencl-icd)" : null;
}
