namespace ILGPU;

/// <summary>How many groups a launch has, and how many threads a group.</summary>
public readonly record struct KernelConfig(Index3D GridDim, Index3D GroupDim)
{
    public KernelConfig(int gridDim, int groupDim)
        : this(new Index3D(gridDim, 1, 1), new Index3D(groupDim, 1, 1))
    {
    }

    public static implicit operator KernelConfig((int Grid, int Group) launch) => new(launch.Grid, launch.Group);
    public static implicit operator KernelConfig((Index3D Grid, Index3D Group) launch) => new(launch.Grid, launch.Group);
}
