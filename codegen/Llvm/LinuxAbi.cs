namespace Lathe.Codegen.Llvm;

/// <summary>How a program of ours begins on Linux, and who runs one for another processor.</summary>
/// <param name="Loader">The path that the ABI of the architecture gives the dynamic loader of glibc.</param>
/// <param name="Start">Assembly of the entry point: hands the first stack pointer, which points at the arguments, to <c>serve</c>.</param>
/// <param name="Debian">Debian's name of the architecture, as in <c>libc6-arm64-cross</c>.</param>
/// <remarks>The loader has made libc ready before it jumps here, so no start-up object of libc's is needed. System V ABI supplements, "Process Initialization".</remarks>
public sealed record LinuxAbi(CpuArchitecture Architecture, string Loader, string Start, string Debian)
{
    private static readonly IReadOnlyList<LinuxAbi> all =
    [
        new(CpuArchitecture.X86, "/lib64/ld-linux-x86-64.so.2", "movq %rsp, %rdi; andq $-16, %rsp; call serve", "amd64"),
        new(CpuArchitecture.Aarch64, "/lib/ld-linux-aarch64.so.1", "mov x0, sp; bl serve", "arm64"),
        new(CpuArchitecture.RiscV64, "/lib/ld-linux-riscv64-lp64d.so.1", "mv a0, sp; call serve", "riscv64"),
    ];

    /// <summary>Null where Linux has none.</summary>
    public static LinuxAbi? Find(CpuArchitecture architecture) => all.FirstOrDefault(abi => abi.Architecture == architecture);

    public static LinuxAbi Of(CpuArchitecture architecture) => Find(architecture) ?? throw new ArgumentException($"linux: there is none for {architecture.Name}");
}
