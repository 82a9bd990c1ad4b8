using System.Runtime.InteropServices;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>Kernels as OpenCL C, which the driver makes code of.</summary>
internal sealed unsafe class OpenclKernels : IDeviceKernels
{
    private readonly OpenclDevice device;
    private readonly ProgramSource source;
    private readonly nint program;
    private readonly GridShape grid;
    private readonly Dictionary<LaunchOnce, nint> launches = new(ReferenceEqualityComparer.Instance);

    public OpenclKernels(OpenclDevice device, Program program, GridShape grid)
    {
        (this.device, source, this.grid) = (device, new(program, OpenclC.Language, grid.InTurns), grid);
        this.program = device.Build(source.Text);
    }

    public KernelSource Source(string kernel) => source.Kernels[kernel];

    public void Launch(KernelSource kernel, LaunchOnce launch, long groups, DevicePlace[] arguments, DevicePlace scratch, Func<Expr, long> number)
    {
        var threads = launch.GroupThreads > 0 ? source.ThreadsTakeTurns ? 1 : launch.GroupThreads : (int)Math.Min(groups, grid.Threads);
        var count = launch.GroupThreads > 0 ? groups : Math.Min((groups + threads - 1) / threads, grid.Groups);
        var made = Load(kernel, launch);
        var set = (delegate* unmanaged<nint, uint, nuint, void*, int>)device.Library.Function("clSetKernelArg");
        var at = 0u;
        void Pass(long word) => OpenclLibrary.Check(set(made, at++, sizeof(long), &word), $"launching {kernel.Kernel.Name}");
        foreach (var place in launch.Buffers.Select(i => arguments[i]).Concat(launch.UsesScratch ? (DevicePlace[])[scratch] : []))
        {
            // Handles have the width of a pointer, which is that of a long where this runs.
            Pass(((OpenclMemory)place.Memory).Handle);
            Pass(place.Offset);
        }
        foreach (var each in launch.Numbers) Pass(number(each));
        var (all, group) = ((nuint)(count * threads), (nuint)threads);
        OpenclLibrary.Check(((delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint, nint, int>)device.Library.Function("clEnqueueNDRangeKernel"))(device.Queue, made, 1, null, &all, &group, 0, 0, 0), $"launching {kernel.Kernel.Name}");
    }

    private nint Load(KernelSource kernel, LaunchOnce launch)
    {
        if (launches.TryGetValue(launch, out var known)) return known;
        var entry = OpenclC.Entry(kernel.Name, launch.Number);
        var (name, rc) = (Marshal.StringToCoTaskMemUTF8(entry), 0);
        try { launches[launch] = ((delegate* unmanaged<nint, nint, int*, nint>)device.Library.Function("clCreateKernel"))(program, name, &rc); }
        finally { Marshal.FreeCoTaskMem(name); }
        OpenclLibrary.Check(rc, $"finding {entry}");
        return launches[launch];
    }

    public void Dispose()
    {
        foreach (var kernel in launches.Values) device.Release("clReleaseKernel", kernel);
        device.Release("clReleaseProgram", program);
    }
}
