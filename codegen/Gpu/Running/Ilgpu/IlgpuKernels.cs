using System.Reflection;
using ILGPU;
using ILGPU.Runtime;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>Kernels as C#, compiled with Roslyn and launched through ILGPU.</summary>
internal sealed class IlgpuKernels : IDeviceKernels
{
    private readonly IlgpuDevice device;
    private readonly ProgramSource source;
    private readonly Assembly assembly;
    private readonly GridShape grid;
    private readonly Dictionary<LaunchOnce, Action<AcceleratorStream, KernelConfig, ArrayView<byte>[], long[]>> launches = new(ReferenceEqualityComparer.Instance);

    /// <param name="grid">How many groups of how many threads a launch has at most, where the kernel does not say.</param>
    public IlgpuKernels(IlgpuDevice device, Program program, GridShape grid)
    {
        (this.device, source, this.grid) = (device, new(program, CSharp.Language, grid.InTurns), grid);
        assembly = SourceCompiler.Compile(source.Text, source.Bindings);
    }

    public KernelSource Source(string kernel) => source.Kernels[kernel];

    public void Launch(KernelSource kernel, LaunchOnce launch, long groups, DevicePlace[] arguments, DevicePlace scratch, Func<Expr, long> number)
    {
        var threads = launch.GroupThreads > 0 ? source.ThreadsTakeTurns ? 1 : launch.GroupThreads : (int)Math.Min(groups, grid.Threads);
        var config = new KernelConfig((int)(launch.GroupThreads > 0 ? groups : Math.Min((groups + threads - 1) / threads, grid.Groups)), threads);
        var views = launch.Buffers.Select(i => View(arguments[i]));
        Load(kernel, launch)(device.Accelerator.DefaultStream, config, [.. views, .. launch.UsesScratch ? (ArrayView<byte>[])[View(scratch)] : []], [.. launch.Numbers.Select(number)]);
    }

    private static ArrayView<byte> View(DevicePlace place) => ((IlgpuMemory)place.Memory).View(place.Offset, place.Bytes);

    private Action<AcceleratorStream, KernelConfig, ArrayView<byte>[], long[]> Load(KernelSource kernel, LaunchOnce launch)
    {
        if (launches.TryGetValue(launch, out var known)) return known;
        var method = assembly.GetType(kernel.Name)!.GetMethod(launch.Number == 0 ? "Run" : FormattableString.Invariant($"Run{launch.Number}"))!;
        var bind = assembly.GetType(kernel.Name + "Launches")!.GetMethod(FormattableString.Invariant($"Bind{launch.Number}"))!;
        return launches[launch] = (Action<AcceleratorStream, KernelConfig, ArrayView<byte>[], long[]>)bind.Invoke(null, [device.Accelerator.LoadKernel(method)])!;
    }

    public void Dispose() { }
}
