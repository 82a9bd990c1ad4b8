using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>A device that ILGPU finds.</summary>
internal sealed class IlgpuDevice : GpuDevice
{
    private readonly Context context;

    private IlgpuDevice(Context context, Device device) => (this.context, Accelerator) = (context, device.CreateAccelerator(context));

    internal Accelerator Accelerator { get; }

    public override string Name => Accelerator.Name;

    public override bool IsProcessor => Accelerator.AcceleratorType == AcceleratorType.CPU;

    /// <summary>Whether the ILGPU package is in this build, and not the subset.</summary>
    public static bool UsesPackage => typeof(Context).Assembly.GetName().Name == "ILGPU";

    public static IlgpuDevice OpenFirst(GpuKind kind)
    {
        var context = Context.Create(builder => With(builder, kind).EnableAlgorithms());
        try { return context.Devices.FirstOrDefault(d => Is(kind, d)) is { } device ? new(context, device) : throw NotFound(kind); }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    public static new IReadOnlyList<string> Found(GpuKind kind)
    {
        using var context = Context.Create(builder => With(builder, kind));
        return [.. context.Devices.Where(d => Is(kind, d)).Select(d => d.Name)];
    }

    internal override DeviceMemory Allocate(long bytes, string what)
    {
        try { return new IlgpuMemory(this, Accelerator.Allocate1D<byte>(Math.Max(bytes, 1)), Math.Max(bytes, 1)); }
        catch (Exception e) when (e is OutOfMemoryException or AcceleratorException or OverflowException) { throw NoRoom(bytes, what, e.GetType().Name); }
    }

    // The processor takes turns anyway: one thread walks the grid.
    internal override IDeviceKernels Load(Program program, GridShape? grid) => new IlgpuKernels(this, program, grid ?? (IsProcessor ? new(1, 1, InTurns: true) : new(65535, 256)));

    internal override void Synchronize() => Accelerator.Synchronize();

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        Accelerator.Dispose();
        context.Dispose();
    }

    private static Context.Builder With(Context.Builder builder, GpuKind kind) => kind switch
    {
        GpuKind.Ilgpu => builder.Cuda().OpenCL(),
        _ => builder.CPU(CPUDeviceKind.Nvidia),
    };

    /// <summary>Kernels shuffle among threads of a warp of 32: a device of narrower ones is none.</summary>
    private static bool Is(GpuKind kind, Device device) => device.AcceleratorType == AcceleratorType.CPU == (kind == GpuKind.Cpu) && (kind == GpuKind.Cpu || device.WarpSize >= Passes.GpuDeviceModel.Warp);
}
