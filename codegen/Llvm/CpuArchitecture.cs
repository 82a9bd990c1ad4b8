using LLVMSharp.Interop;

namespace Lathe.Codegen.Llvm;

/// <summary>A family of processors: how LLVM is told of it and what ELF calls it.</summary>
/// <param name="Name">The first part of a triple.</param>
/// <param name="DefaultCpu">The least processor of the family.</param>
/// <param name="BaseFeatures">LLVM features that the ABI of the family takes for granted.</param>
/// <param name="ElfMachine">e_machine of the ELF header; 0 where there is none.</param>
/// <param name="ElfFlags">e_flags: on RISC-V the calling convention (compressed code, doubles in registers), which linkers compare.</param>
/// <param name="CallBytes">What a call pushes on the stack; elsewhere the way back is in a register, and in the frame of a function that calls.</param>
/// <param name="Pause">Assembly of the hint for a thread that spins.</param>
public sealed record CpuArchitecture(string Name, string DefaultCpu, string BaseFeatures, ushort ElfMachine, uint ElfFlags, int CallBytes, string Pause)
{
    public static CpuArchitecture X86 { get; } = new("x86_64", "x86-64", "", 62, 0, 8, "pause");
    public static CpuArchitecture Aarch64 { get; } = new("aarch64", "generic", "", 183, 0, 0, "yield");
    public static CpuArchitecture RiscV64 { get; } = new("riscv64", "generic-rv64", "+a,+c,+d,+f,+m", 243, 5, 0, ".insn i 0x0F, 0, x0, x0, 0x010");

    /// <summary>WebAssembly with 32-bit addresses and its 128-bit vectors, as every engine has had them since 2023.</summary>
    public static CpuArchitecture Wasm32 { get; } = new("wasm32", "generic", "+bulk-memory,+mutable-globals,+nontrapping-fptoint,+sign-ext,+simd128", 0, 0, 0, "");

    /// <summary>GPUs of NVIDIA's. No library is made for it, so it is none of <see cref="All"/>.</summary>
    public static CpuArchitecture Nvptx64 { get; } = new("nvptx64", "sm_80", "", 0, 0, 0, "");

    public static IReadOnlyList<CpuArchitecture> All { get; } = [X86, Aarch64, RiscV64, Wasm32];

    /// <summary>The architecture of a triple such as <c>aarch64-linux-gnu</c>.</summary>
    /// <exception cref="ArgumentException">Another one.</exception>
    public static CpuArchitecture Of(string triple)
    {
        var name = triple.Split('-')[0];
        return All.Append(Nvptx64).FirstOrDefault(architecture => architecture.Name == (name == "arm64" ? "aarch64" : name))
            ?? throw new ArgumentException($"triple: '{triple}' is for {name}, code is made for {string.Join(", ", All.Select(architecture => architecture.Name))}");
    }

    private static readonly Dictionary<string, Lazy<bool>> initialised = new(StringComparer.Ordinal)
    {
        [X86.Name] = new(() =>
        {
            LLVM.InitializeX86TargetInfo();
            LLVM.InitializeX86Target();
            LLVM.InitializeX86TargetMC();
            LLVM.InitializeX86AsmPrinter();
            LLVM.InitializeX86AsmParser();
            return true;
        }),
        [Aarch64.Name] = new(() =>
        {
            LLVM.InitializeAArch64TargetInfo();
            LLVM.InitializeAArch64Target();
            LLVM.InitializeAArch64TargetMC();
            LLVM.InitializeAArch64AsmPrinter();
            LLVM.InitializeAArch64AsmParser();
            return true;
        }),
        [RiscV64.Name] = new(() =>
        {
            LLVM.InitializeRISCVTargetInfo();
            LLVM.InitializeRISCVTarget();
            LLVM.InitializeRISCVTargetMC();
            LLVM.InitializeRISCVAsmPrinter();
            LLVM.InitializeRISCVAsmParser();
            return true;
        }),
        [Wasm32.Name] = new(() =>
        {
            LLVM.InitializeWebAssemblyTargetInfo();
            LLVM.InitializeWebAssemblyTarget();
            LLVM.InitializeWebAssemblyTargetMC();
            LLVM.InitializeWebAssemblyAsmPrinter();
            LLVM.InitializeWebAssemblyAsmParser();
            return true;
        }),
        [Nvptx64.Name] = new(() =>
        {
            LLVM.InitializeNVPTXTargetInfo();
            LLVM.InitializeNVPTXTarget();
            LLVM.InitializeNVPTXTargetMC();
            LLVM.InitializeNVPTXAsmPrinter();
            return true;
        }),
    };

    /// <summary>Makes LLVM's part for this architecture ready; the first call takes about 10 ms, later ones nothing.</summary>
    public void Initialise()
    {
        LlvmLibrary.Require();
        _ = initialised[Name].Value;
    }
}
