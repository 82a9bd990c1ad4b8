using System.Runtime.InteropServices;
using LLVMSharp.Interop;

namespace Lathe.Codegen.Llvm;

/// <summary>Finds libLLVM on this machine and binds the C API to it, once.</summary>
public static unsafe class LlvmLibrary
{
    /// <summary>The oldest LLVM whose C API has everything that is called.</summary>
    public const int OldestMajor = 19;

    /// <summary>Names a library is looked for under, the tested version first, then newer ones.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "libLLVM.so.19.1", "libLLVM-19.so", "libLLVM-19.so.1", "/usr/lib/llvm-19/lib/libLLVM.so.1",
        "libLLVM.so.20.1", "libLLVM-20.so", "libLLVM.so.21.1", "libLLVM-21.so", "libLLVM.so.22.1", "libLLVM-22.so",
        "libLLVM",
    ];

    private static readonly Lazy<(string Name, string Version)> library = new(Bind);

    /// <summary>LLVM's version, such as <c>19.1.7</c>: a part of every artifact's contract.</summary>
    /// <exception cref="ToolMissingException">No fitting LLVM is here.</exception>
    public static string Version => library.Value.Version;

    /// <summary>The name under which the library was found.</summary>
    /// <exception cref="ToolMissingException">No fitting LLVM is here.</exception>
    public static string Name => library.Value.Name;

    /// <summary>Loads the library; nothing if that was done before.</summary>
    /// <exception cref="ToolMissingException">No fitting LLVM is here.</exception>
    public static void Require() => _ = library.Value;

    /// <summary>Loads the library <paramref name="chosen"/> by the user, else the first of <paramref name="names"/> there is.</summary>
    /// <exception cref="ToolMissingException">It cannot be loaded, or none of the names is here.</exception>
    public static (string Name, nint Handle) Open(string? chosen, IReadOnlyList<string> names)
    {
        if (!string.IsNullOrEmpty(chosen))
        {
            if (NativeLibrary.TryLoad(chosen, out var handle)) return (chosen, handle);
            throw new ToolMissingException($"llvm: LLVM_LIBRARY names '{chosen}', which cannot be loaded; unset it or give the path of a libLLVM {OldestMajor} or newer");
        }
        foreach (var name in names)
            if (NativeLibrary.TryLoad(name, typeof(LLVM).Assembly, null, out var handle)) return (name, handle);
        throw new ToolMissingException(
            $"llvm: no libLLVM {OldestMajor} or newer is here (looked for {string.Join(", ", names)}); install it with `apt-get install libllvm{OldestMajor}`, or set LLVM_LIBRARY to its path");
    }

    private static (string Name, string Version) Bind()
    {
        var (name, handle) = Open(Environment.GetEnvironmentVariable("LLVM_LIBRARY"), Names);
        LLVM.ResolveLibrary += (library, _, _) => library == "libLLVM" ? handle : 0;
        uint major, minor, patch;
        LLVM.GetVersion(&major, &minor, &patch);
        if (major < OldestMajor) throw new ToolMissingException($"llvm: {name} is LLVM {major}.{minor}.{patch}, the oldest that serves is {OldestMajor}; install libllvm{OldestMajor}, or set LLVM_LIBRARY to a newer one");
        Configure(NativeLibrary.TryGetExport(handle, "LLVMInitializeX86Target", out _));
        return (name, $"{major}.{minor}.{patch}");
    }

    /// <summary>
    /// The schedule has chosen the vectors: LLVM's own would vectorise edges a second time, larger code, longer compiles, nothing faster. Of frames LLVM says how large
    /// they are, which <see cref="LlvmModule"/> hears, and arguments on the stack are part of them.
    /// </summary>
    /// <remarks>Options of the whole library, because reading the text <c>default&lt;O3&gt;</c> sets the pass builder's own two again. One that it does not know ends the process.</remarks>
    private static void Configure(bool hasX86)
    {
        using var program = new MarshaledString("lathe");
        using var loops = new MarshaledString("-vectorize-loops=false");
        using var straightLines = new MarshaledString("-vectorize-slp=false");
        using var frames = new MarshaledString("-pass-remarks-analysis=^prologepilog$");
        using var pushes = new MarshaledString("-no-x86-call-frame-opt");
        var arguments = stackalloc sbyte*[] { program, loops, straightLines, frames, pushes };
        LLVM.ParseCommandLineOptions(hasX86 ? 5 : 4, arguments, null);
    }
}
