namespace ILGPU.Runtime.CPU;

/// <summary>Whose groups and warps the CPU plays: NVIDIA's, with warps of 32 and groups of up to 1024 threads.</summary>
public enum CPUDeviceKind
{
    Nvidia = 1,
}
