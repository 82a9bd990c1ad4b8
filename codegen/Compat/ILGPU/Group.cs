using ILGPU.Running;

namespace ILGPU;

/// <summary>The threads that share memory and wait for one another, and which of them this is.</summary>
public static class Group
{
    public static int IdxX => KernelThread.Current.Index.X;
    public static int IdxY => KernelThread.Current.Index.Y;
    public static int IdxZ => KernelThread.Current.Index.Z;

    public static int DimX => KernelThread.Current.Launch.GroupDim.X;
    public static int DimY => KernelThread.Current.Launch.GroupDim.Y;
    public static int DimZ => KernelThread.Current.Launch.GroupDim.Z;

    public static int LinearIndex => KernelThread.Current.LinearIndex;
    public static bool IsFirstThread => LinearIndex == 0;

    /// <summary>Waits until every thread of the group is here.</summary>
    public static void Barrier() => KernelThread.Current.Group.Wait();
}
