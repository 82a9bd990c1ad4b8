using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>A device, opened. Each way to reach one (a driver of CUDA or OpenCL, ILGPU) is a class of its own.</summary>
public abstract class GpuDevice : IDisposable
{
    public abstract string Name { get; }

    /// <summary>Whether the processor plays the device.</summary>
    public virtual bool IsProcessor => false;

    /// <summary>The row of the table of devices that kernels are shaped by: <see cref="Passes.GpuDeviceModel"/>.</summary>
    public virtual string Generation => "any";

    /// <summary>Opens the first device of a kind.</summary>
    /// <exception cref="DiagnosticException">LT4301: there is none; LT4303: its driver refuses. Nothing else takes its place.</exception>
    public static GpuDevice Open(GpuKind kind) => kind switch
    {
        GpuKind.Cuda => CudaDevice.OpenFirst(),
        GpuKind.Opencl => OpenclDevice.OpenFirst(),
        _ => IlgpuDevice.OpenFirst(kind),
    };

    /// <summary>Names of the devices of a kind; empty where there is none.</summary>
    public static IReadOnlyList<string> Found(GpuKind kind) => kind switch
    {
        GpuKind.Cuda => CudaDevice.Found(),
        GpuKind.Opencl => OpenclDevice.Found(),
        _ => IlgpuDevice.Found(kind),
    };

    /// <summary>What would bring a device of a kind.</summary>
    public static string Remedy(GpuKind kind) => kind switch
    {
        GpuKind.Cuda => "install NVIDIA's driver (libcuda.so.1) on a machine with one of its GPUs",
        GpuKind.Ilgpu => $"install NVIDIA's driver (libcuda.so.1) on a machine with one of its GPUs, or another GPU's OpenCL driver{OfPackage}",
        GpuKind.Opencl => "install OpenCL's loader (libOpenCL.so.1) and the device's driver; PoCL is one for processors",
        _ => "the processor is always there",
    };

    /// <summary>Why no device of a kind is found, beside that there may be none.</summary>
    public static string Missing(GpuKind kind) => kind is GpuKind.Cuda or GpuKind.Opencl || IlgpuDevice.UsesPackage ? "" : "this tool is built with the subset of ILGPU, which knows the processor alone";

    internal static DiagnosticException NotFound(GpuKind kind, string why = "") => new(new Diagnostic("LT4301", $"--gpu={kind.Word}: no such device is found{(why == "" ? "" : $": {why}")}{(Missing(kind) is "" ? "" : $", and {Missing(kind)}")}", "",
        $"{Remedy(kind)}; --gpu=cpu runs the same kernels on the processor, --target=cpu makes native code"));

    internal DiagnosticException NoRoom(long bytes, string what, string why) =>
        new(new Diagnostic("LT4302", $"{what}: {Name} has no room for {bytes} bytes ({why})", "", "give smaller dimensions (--dim), store weights in fewer bits (--quantize), or take a device with more memory"));

    /// <param name="what">For the message: what asks.</param>
    /// <exception cref="DiagnosticException">LT4302: the device has not so much.</exception>
    internal abstract DeviceMemory Allocate(long bytes, string what);

    /// <summary>Compiles a program's kernels for the device.</summary>
    /// <param name="grid">Most groups of a launch and threads of a group; null: what suits the device.</param>
    internal abstract IDeviceKernels Load(Program program, GridShape? grid);

    /// <summary>Waits until all that was asked is done.</summary>
    internal abstract void Synchronize();

    /// <summary>Where all ends that was asked up to now.</summary>
    internal virtual DeviceMark Mark() => new(Synchronize);

    /// <summary>Takes down what is asked, without doing it, to have it done again and again at once; null where a device cannot.</summary>
    internal virtual IRecording? Record(Action asked) => null;

    /// <summary>A clock of the device's own.</summary>
    internal virtual DeviceTime Time() => new();

    private static string OfPackage => IlgpuDevice.UsesPackage ? "" : "; build with the ILGPU package (./build.sh takes it where it can be restored)";

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
