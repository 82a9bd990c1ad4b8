namespace ILGPU.Running;

/// <summary>Runs a kernel for every thread of a launch.</summary>
internal static class Launch
{
    private static readonly KernelConfig Single = new(1, 1);

    public static void OverIndices(Index1D extent, Action<Index1D> kernel)
    {
        using var group = new ThreadGroup(1);
        for (var index = 0; index < extent.X; index++)
            new KernelThread(Single, group, default, default).Run(() => kernel(index));
    }

    /// <param name="config">The groups and their threads.</param>
    /// <param name="cooperating">Whether the threads of a group wait for one another; those that do not run in turn.</param>
    /// <param name="kernel">What each thread runs.</param>
    public static void OverGroups(KernelConfig config, bool cooperating, Action kernel)
    {
        for (var index = 0; index < config.GridDim.Size; index++)
        {
            var groupIndex = Unravel(index, config.GridDim);
            if (cooperating && config.GroupDim.Size > 1)
                Together(config, groupIndex, kernel);
            else
                InTurn(config, groupIndex, kernel);
        }
    }

    private static void InTurn(KernelConfig config, Index3D groupIndex, Action kernel)
    {
        using var group = new ThreadGroup(1);
        for (var thread = 0; thread < config.GroupDim.Size; thread++)
            new KernelThread(config, group, groupIndex, Unravel(thread, config.GroupDim)).Run(kernel);
    }

    private static void Together(KernelConfig config, Index3D groupIndex, Action kernel)
    {
        using var group = new ThreadGroup(config.GroupDim.Size);
        Workers.Run(config.GroupDim.Size, thread =>
        {
            try
            {
                new KernelThread(config, group, groupIndex, Unravel(thread, config.GroupDim)).Run(kernel);
            }
            catch (Exception failure)
            {
                group.Fail(failure);
            }
            finally
            {
                group.Leave(thread);
            }
        });
        if (group.Failure is { } first)
            throw new InvalidOperationException($"a thread of group {groupIndex} failed", first);
    }

    private static Index3D Unravel(int index, Index3D extent) =>
        new(index % extent.X, index / extent.X % extent.Y, index / (extent.X * extent.Y));
}
