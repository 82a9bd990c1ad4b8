namespace Lathe.Passes;

/// <summary>What decisions for a GPU follow: a row of a table, never the device that happens to be there.</summary>
/// <param name="Name">Generation, as PTX calls it.</param>
/// <param name="Multiprocessors">Of the largest device of the generation that is common.</param>
/// <param name="Lanes">Multiply-adds of f32 that a multiprocessor does in a cycle.</param>
/// <param name="SharedBytes">Fast memory of a group of threads that needs no leave to be asked for.</param>
/// <param name="BytesPerCycle">What the whole device reads from its memory in a cycle.</param>
/// <remarks>NVIDIA's A100, RTX 3090, L40 and H100 white papers.</remarks>
public sealed record GpuDeviceModel(string Name, int Multiprocessors, int Lanes, int SharedBytes, double BytesPerCycle)
{
    /// <summary>Threads that run in step and read one another's registers.</summary>
    public const int Warp = 32;

    private static readonly GpuDeviceModel[] All =
    [
        new("sm_80", 108, 64, 48 << 10, 1100),
        new("sm_86", 82, 128, 48 << 10, 550),
        new("sm_89", 142, 128, 48 << 10, 380),
        new("sm_90", 132, 128, 48 << 10, 1900),
    ];

    public static GpuDeviceModel Default => All[^1];
}
