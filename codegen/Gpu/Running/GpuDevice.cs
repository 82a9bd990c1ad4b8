using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>A device, opened.</summary>
public sealed class GpuDevice : IDisposable
{
    private readonly Context context;

    private GpuDevice(Context context, Device device) => (this.context, Accelerator) = (context, device.CreateAccelerator(context));

    internal Accelerator Accelerator { get; }

    public string Name => Accelerator.Name;

    /// <summary>Whether the processor plays the device.</summary>
    public bool IsProcessor => Accelerator.AcceleratorType == AcceleratorType.CPU;

    /// <summary>Opens the first device of a kind.</summary>
    /// <exception cref="DiagnosticException">LT4301: there is none. Nothing else takes its place.</exception>
    public static GpuDevice Open(GpuKind kind)
    {
        var context = Context.Create(builder => With(builder, kind).EnableAlgorithms());
        try { return context.Devices.FirstOrDefault(d => d.AcceleratorType == Type(kind)) is { } device ? new(context, device) : throw new DiagnosticException(Missing(kind)); }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>Names of the devices of a kind; empty where there is none.</summary>
    public static IReadOnlyList<string> Found(GpuKind kind)
    {
        using var context = Context.Create(builder => With(builder, kind));
        return [.. context.Devices.Where(d => d.AcceleratorType == Type(kind)).Select(d => d.Name)];
    }

    /// <summary>What would bring a device of a kind.</summary>
    public static string Remedy(GpuKind kind) => kind switch
    {
        GpuKind.Cuda => "install NVIDIA's driver (libcuda.so.1) on a machine with one of its GPUs",
        GpuKind.Opencl => "install an OpenCL driver (libOpenCL.so.1 and the device's ICD)",
        _ => "the processor is always there",
    };

    private static Lathe.Ir.Diagnostic Missing(GpuKind kind) => new("LT4301", $"--gpu={kind.ToString().ToLowerInvariant()}: no such device is found{(UsesPackage ? "" : ", and this tool is built with the subset of ILGPU, which knows the processor alone")}", "",
        $"{Remedy(kind)}{(UsesPackage ? "" : "; build with the ILGPU package (./build.sh takes it where it can be restored)")}; --gpu=cpu runs the same kernels on the processor, --target=cpu makes native code");

    /// <summary>Whether the ILGPU package is in this build, and not the subset.</summary>
    public static bool UsesPackage => typeof(Context).Assembly.GetName().Name == "ILGPU";

    private static Context.Builder With(Context.Builder builder, GpuKind kind) => kind switch
    {
        GpuKind.Cuda => builder.Cuda(),
        GpuKind.Opencl => builder.OpenCL(),
        _ => builder.CPU(CPUDeviceKind.Nvidia),
    };

    private static AcceleratorType Type(GpuKind kind) => kind switch
    {
        GpuKind.Cuda => AcceleratorType.Cuda,
        GpuKind.Opencl => AcceleratorType.OpenCL,
        _ => AcceleratorType.CPU,
    };

    public void Dispose()
    {
        Accelerator.Dispose();
        context.Dispose();
    }
}
