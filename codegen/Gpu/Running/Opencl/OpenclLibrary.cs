using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>The loader of OpenCL's drivers: its C functions, found by name when the library is there. No package is needed.</summary>
/// <remarks>Names, arguments and numbers are those of the OpenCL 1.2 specification.</remarks>
internal sealed unsafe class OpenclLibrary
{
    private static readonly string[] Files = ["libOpenCL.so.1", "OpenCL.dll", "/System/Library/Frameworks/OpenCL.framework/OpenCL"];

    /// <summary>What the specification calls its results, those that a program as this one meets.</summary>
    private static readonly Dictionary<int, string> Names = new()
    {
        [-1] = "CL_DEVICE_NOT_FOUND",
        [-2] = "CL_DEVICE_NOT_AVAILABLE",
        [-3] = "CL_COMPILER_NOT_AVAILABLE",
        [MemoryFailure] = "CL_MEM_OBJECT_ALLOCATION_FAILURE",
        [OutOfResources] = "CL_OUT_OF_RESOURCES",
        [OutOfHostMemory] = "CL_OUT_OF_HOST_MEMORY",
        [-11] = "CL_BUILD_PROGRAM_FAILURE",
        [-46] = "CL_INVALID_KERNEL_NAME",
        [-54] = "CL_INVALID_WORK_GROUP_SIZE",
        [-55] = "CL_INVALID_WORK_ITEM_SIZE",
        [InvalidSize] = "CL_INVALID_BUFFER_SIZE",
        [-1001] = "CL_PLATFORM_NOT_FOUND_KHR",
    };

    public const int MemoryFailure = -4, OutOfResources = -5, OutOfHostMemory = -6, InvalidSize = -61;

    private readonly nint library;

    private readonly ConcurrentDictionary<string, nint> functions = new(StringComparer.Ordinal);

    private OpenclLibrary(nint library) => this.library = library;

    /// <summary>The loader; null where none is installed.</summary>
    public static OpenclLibrary? Found => Opened.Value;

    private static readonly Lazy<OpenclLibrary?> Opened = new(() =>
    {
        foreach (var file in Files)
            if (NativeLibrary.TryLoad(file, out var handle)) return new(handle);
        return null;
    });

    /// <summary>What is wanted where there is none.</summary>
    public static string Why => Found is null ? $"{Files[0]} is not installed" : "the drivers that are installed show no device";

    /// <summary>A function by name.</summary>
    /// <exception cref="DiagnosticException">LT4303: the loader is too old to have it.</exception>
    public nint Function(string name) => functions.GetOrAdd(name, static (wanted, from) => NativeLibrary.TryGetExport(from, wanted, out var address) ? address
        : throw new DiagnosticException(new Diagnostic("LT4303", $"OpenCL has no {wanted} here", "", "install a loader and drivers of OpenCL 1.2 or later")), library);

    /// <summary>The specification's name for a result.</summary>
    public static string Name(int rc) => Names.GetValueOrDefault(rc, FormattableString.Invariant($"error {rc}"));

    /// <exception cref="DiagnosticException">LT4303: the driver refused.</exception>
    public static void Check(int rc, string what)
    {
        if (rc != 0) throw new DiagnosticException(new Diagnostic("LT4303", $"{what}: the OpenCL driver says {Name(rc)}", "", "lathe doctor shows the device; a newer driver, or --gpu=cpu to see whether the kernels are right"));
    }

    /// <summary>All devices of all platforms: GPUs and accelerators before processors.</summary>
    public IReadOnlyList<nint> Devices()
    {
        const ulong processor = 2, all = 0xFFFFFFFF;
        const int most = 64, kind = 0x1000, available = 0x1027;
        nint* platforms = stackalloc nint[most], devices = stackalloc nint[most];
        uint count = 0;
        if (((delegate* unmanaged<uint, nint*, uint*, int>)Function("clGetPlatformIDs"))(most, platforms, &count) != 0) return [];
        var found = new List<nint>();
        for (var i = 0; i < Math.Min(count, most); i++)
        {
            uint here = 0;
            if (((delegate* unmanaged<nint, ulong, uint, nint*, uint*, int>)Function("clGetDeviceIDs"))(platforms[i], all, most, devices, &here) != 0) continue;
            for (var j = 0; j < Math.Min(here, most); j++) if (Number(devices[j], available) != 0) found.Add(devices[j]);
        }
        return [.. found.OrderBy(device => (Number(device, kind) & (long)processor) != 0)];
    }

    /// <summary>A property of a device that is a number.</summary>
    public long Number(nint device, int property)
    {
        long value = 0;
        Check(((delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Function("clGetDeviceInfo"))(device, (uint)property, sizeof(long), &value, null), "asking the device");
        return value;
    }

    /// <summary>What a device is called.</summary>
    public string NameOf(nint device)
    {
        const int name = 0x102B, room = 1024;
        var text = stackalloc byte[room];
        Check(((delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Function("clGetDeviceInfo"))(device, name, room, text, null), "asking the device");
        return (Marshal.PtrToStringUTF8((nint)text) ?? "").Trim();
    }
}
