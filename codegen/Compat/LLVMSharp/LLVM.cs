using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace LLVMSharp.Interop;

/// <summary>LLVM's C API. A subset of LLVMSharp.Interop 20.1.2, source-compatible: what compiles here compiles against the package.</summary>
/// <remarks>
/// One file for each part of the API: Core, Target, Passes, Orc. Names, parameter types and results are the package's;
/// add an entry point only when the house calls it, and none newer than LLVM 19.
/// </remarks>
public static unsafe partial class LLVM
{
    private const string Library = "libLLVM";

    /// <summary>Asked for the native library before its own name is tried. Subscribe before the first call.</summary>
    public static event DllImportResolver? ResolveLibrary;

    static LLVM() => NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        foreach (DllImportResolver resolver in ResolveLibrary?.GetInvocationList() ?? [])
        {
            var handle = resolver(name, assembly, path);
            if (handle != 0) return handle;
        }
        return 0;
    }
}
