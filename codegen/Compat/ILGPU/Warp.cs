using ILGPU.Running;

namespace ILGPU;

/// <summary>The 32 threads of a group that run in step and may read one another's registers.</summary>
public static class Warp
{
    public static int WarpSize => ThreadGroup.WarpSize;
    public static int LaneIdx => Group.LinearIndex % WarpSize;
    public static int WarpIdx => Group.LinearIndex / WarpSize;
    public static bool IsFirstLane => LaneIdx == 0;

    public static void Barrier() => KernelThread.Current.Group.WaitForWarp(WarpIdx);

    /// <summary>The value of lane <paramref name="sourceLane"/>; the thread's own where the warp has no such lane.</summary>
    public static T Shuffle<T>(T variable, int sourceLane) where T : unmanaged =>
        KernelThread.Current.Group.Exchange(Group.LinearIndex, variable, sourceLane);

    public static T ShuffleDown<T>(T variable, int delta) where T : unmanaged => Shuffle(variable, LaneIdx + delta);
    public static T ShuffleUp<T>(T variable, int delta) where T : unmanaged => Shuffle(variable, LaneIdx - delta);
    public static T ShuffleXor<T>(T variable, int mask) where T : unmanaged => Shuffle(variable, LaneIdx ^ mask);
    public static T Broadcast<T>(T variable, int laneIndex) where T : unmanaged => Shuffle(variable, laneIndex);
}
