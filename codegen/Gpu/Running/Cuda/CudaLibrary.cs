using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>The driver of NVIDIA's GPUs: its C functions, found by name when the library is there. It belongs to the driver, no package is needed.</summary>
/// <remarks>Names, arguments and numbers are the CUDA Driver API's, version 11 and later.</remarks>
internal sealed unsafe class CudaLibrary
{
    private static readonly string[] Files = ["libcuda.so.1", "nvcuda.dll"];

    private readonly nint library;

    /// <summary>Every launch asks for several.</summary>
    private readonly ConcurrentDictionary<string, nint> functions = new(StringComparer.Ordinal);

    private CudaLibrary(nint library) => this.library = library;

    /// <summary>The driver, started; null where none is installed or it finds no device, which <see cref="Why"/> tells.</summary>
    public static CudaLibrary? Found => Opened.Value.Library;

    /// <summary>Why there is none.</summary>
    public static string Why => Opened.Value.Why;

    private static readonly Lazy<(CudaLibrary? Library, string Why)> Opened = new(() =>
    {
        foreach (var file in Files)
        {
            if (!NativeLibrary.TryLoad(file, out var handle)) continue;
            var library = new CudaLibrary(handle);
            var rc = ((delegate* unmanaged<uint, int>)library.Function("cuInit"))(0);
            return rc == 0 ? (library, "") : (null, $"{file} says {library.Name(rc)}");
        }
        return (null, $"{Files[0]} is not installed");
    });

    /// <summary>A function by name.</summary>
    /// <exception cref="DiagnosticException">LT4303: the driver is too old to have it.</exception>
    public nint Function(string name) => functions.GetOrAdd(name, static (wanted, from) => NativeLibrary.TryGetExport(from, wanted, out var address) ? address : throw Missing(wanted), library);

    private static DiagnosticException Missing(string name) => new(new Diagnostic("LT4303", $"the CUDA driver has no {name}: it is older than what kernels are launched with", "", "install a driver of CUDA 11.4 or later"));

    /// <summary>The driver's name for a result, such as <c>CUDA_ERROR_OUT_OF_MEMORY</c>.</summary>
    public string Name(int rc)
    {
        nint text = 0;
        _ = ((delegate* unmanaged<int, nint*, int>)Function("cuGetErrorName"))(rc, &text);
        return Marshal.PtrToStringUTF8(text) ?? FormattableString.Invariant($"error {rc}");
    }

    /// <exception cref="DiagnosticException">LT4303: the driver refused.</exception>
    public void Check(int rc, string what)
    {
        if (rc != 0) throw new DiagnosticException(new Diagnostic("LT4303", $"{what}: the CUDA driver says {Name(rc)}", "", "lathe doctor shows the device; a newer driver, or --gpu=cpu to see whether the kernels are right"));
    }
}
