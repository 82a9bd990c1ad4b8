using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Text = System.Text.Encoding;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>Kernels as PTX from LLVM, which the driver makes code of.</summary>
internal sealed unsafe class CudaKernels : IDeviceKernels
{
    private readonly CudaDevice device;
    private readonly PtxSource source;
    private readonly ConcurrentDictionary<KernelSource, nint> modules = new(ReferenceEqualityComparer.Instance);
    private readonly GridShape grid;
    private readonly Dictionary<LaunchOnce, nint> functions = new(ReferenceEqualityComparer.Instance);

    public CudaKernels(CudaDevice device, Program program, GridShape grid)
    {
        (this.device, source, this.grid) = (device, new(program, device.Generation), grid);
        // Each is a module of its own: LLVM and the driver work on several at once.
        try { Parallel.ForEach(source.Kernels.Values, kernel => modules[kernel] = Load(source.Text(kernel), kernel.Kernel.Name)); }
        catch (AggregateException several)
        {
            Dispose();
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }
    }

    public KernelSource Source(string kernel) => source.Kernels[kernel];

    public void Launch(KernelSource kernel, LaunchOnce launch, long groups, DevicePlace[] arguments, DevicePlace scratch, Func<Expr, long> number)
    {
        var threads = launch.GroupThreads > 0 ? launch.GroupThreads : (int)Math.Min(groups, grid.Threads);
        var count = launch.GroupThreads > 0 ? groups : Math.Min((groups + threads - 1) / threads, grid.Groups);
        long[] words = [.. launch.Buffers.Select(i => (long)Address(arguments[i])), Address(scratch), .. kernel.Kernel.Symbols.Select(number), .. kernel.Part(launch).Rounds.Select(number)];
        device.Enter();
        fixed (long* word = words)
        {
            var parameters = stackalloc nint[words.Length];
            for (var i = 0; i < words.Length; i++) parameters[i] = (nint)(word + i);
            device.Check(((delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, nint*, nint*, int>)device.Library.Function("cuLaunchKernel"))
                (Function(kernel, launch), (uint)count, 1, 1, (uint)threads, 1, 1, 0, device.Stream, parameters, null), $"launching {kernel.Kernel.Name}");
        }
    }

    private static nint Address(DevicePlace place) => place.Memory is CudaMemory memory ? memory.Address(place.Offset) : 0;

    private nint Function(KernelSource kernel, LaunchOnce launch)
    {
        if (functions.TryGetValue(launch, out var known)) return known;
        nint function = 0;
        var name = Marshal.StringToCoTaskMemUTF8(PtxSource.Entry(kernel, launch));
        try { device.Check(((delegate* unmanaged<nint*, nint, nint, int>)device.Library.Function("cuModuleGetFunction"))(&function, modules[kernel], name), $"finding {PtxSource.Entry(kernel, launch)}"); }
        finally { Marshal.FreeCoTaskMem(name); }
        return functions[launch] = function;
    }

    /// <exception cref="DiagnosticException">LT4303: the driver cannot make code of it; what it says follows.</exception>
    private nint Load(string ptx, string name)
    {
        const int errorLog = 5, errorLogBytes = 6, room = 8192;
        device.Enter();
        var text = Text.UTF8.GetBytes(ptx + '\0');
        var log = new byte[room];
        nint made = 0;
        fixed (byte* code = text)
        fixed (byte* says = log)
        {
            var options = stackalloc int[] { errorLog, errorLogBytes };
            var values = stackalloc nint[] { (nint)says, room };
            var rc = ((delegate* unmanaged<nint*, byte*, uint, int*, nint*, int>)device.Library.Function("cuModuleLoadDataEx"))(&made, code, 2, options, values);
            device.Check(rc, $"loading {name} ({Text.UTF8.GetString(log).TrimEnd('\0').Trim()})");
        }
        return made;
    }

    public void Dispose() => device.Leave("cuModuleUnload", [.. modules.Values]);
}
