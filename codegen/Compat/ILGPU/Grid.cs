using ILGPU.Running;

namespace ILGPU;

/// <summary>The groups of a launch, and which of them this thread belongs to.</summary>
public static class Grid
{
    public static int IdxX => KernelThread.Current.GroupIndex.X;
    public static int IdxY => KernelThread.Current.GroupIndex.Y;
    public static int IdxZ => KernelThread.Current.GroupIndex.Z;

    public static int DimX => KernelThread.Current.Launch.GridDim.X;
    public static int DimY => KernelThread.Current.Launch.GridDim.Y;
    public static int DimZ => KernelThread.Current.Launch.GridDim.Z;

    public static Index3D GlobalIndex => new(
        IdxX * Group.DimX + Group.IdxX,
        IdxY * Group.DimY + Group.IdxY,
        IdxZ * Group.DimZ + Group.IdxZ);
}
