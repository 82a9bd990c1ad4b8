using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What decisions for a GPU follow: a row of a table, never the device that happens to be there.</summary>
/// <param name="Name">Generation, as PTX calls it.</param>
/// <param name="Multiprocessors">Of the largest device of the generation that is common.</param>
/// <param name="Lanes">Multiply-adds of f32 that a multiprocessor does in a cycle.</param>
/// <param name="SharedBytes">Fast memory of a group of threads that needs no leave to be asked for.</param>
/// <param name="BytesPerCycle">What the whole device reads from its memory in a cycle.</param>
/// <param name="MostThreads">Of one group.</param>
/// <param name="HasTensorCores">Whether warps multiply small matrices, and the code that is made can ask for it.</param>
/// <remarks>NVIDIA's A100, RTX 3090, L40 and H100 white papers.</remarks>
public sealed record GpuDeviceModel(string Name, int Multiprocessors, int Lanes, int SharedBytes, double BytesPerCycle, int MostThreads = 1024, bool HasTensorCores = true)
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

    /// <summary>Generations of NVIDIA's that have a row, the oldest first.</summary>
    public static Seq<string> Generations { get; } = [.. All.Select(device => device.Name)];

    /// <summary>A device of any maker: no more is asked of it than what is sold today has, 256 threads to a group and 32 KiB for them.</summary>
    public static GpuDeviceModel Any { get; } = new("any", 64, 128, 32 << 10, 500, MostThreads: 256, HasTensorCores: false);

    /// <summary>The row of a name.</summary>
    /// <exception cref="DiagnosticException">LT4311: there is none.</exception>
    public static GpuDeviceModel Of(string name) => name == Any.Name ? Any : Array.Find(All, device => device.Name == name)
        ?? throw new DiagnosticException(new Diagnostic("LT4311", $"a GPU called {name}: known are {Any.Name}, {string.Join(", ", Generations)}", "", "--gpu=cuda:sm_80 runs on Ampere and everything later"));
}
