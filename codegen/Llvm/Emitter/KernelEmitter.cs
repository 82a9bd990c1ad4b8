using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>
/// Kernels as LLVM assembly. A kernel is <c>void @symbol(ptr args, ptr dims, ptr scratch, ptr host)</c>: data pointers of its inputs, then of its outputs;
/// its symbols' values as i64; memory of <see cref="ScratchLayout.Bytes"/> aligned to 64 bytes; a <c>lathe_host</c> or null.
/// </summary>
/// <remarks>The text depends on nothing but kernels and target. No operator, encoding or schedule is named in it or in what makes it.</remarks>
public static class KernelEmitter
{
    /// <summary>One kernel as a module, under <see cref="Symbols.Of"/> its name.</summary>
    public static string Emit(Kernel kernel, CpuTarget target) => Emit([kernel], target);

    /// <summary>Several kernels as one module, to be linked; only the kernels' own symbols are seen outside. One that a function of C computes calls that.</summary>
    /// <param name="prefix">Stands before every symbol: modules of one program need different ones where their kernels share names.</param>
    public static string Emit(IEnumerable<Kernel> kernels, CpuTarget target, string prefix = Symbols.KernelPrefix)
    {
        var module = new ModuleWriter();
        foreach (var kernel in kernels)
            if (kernel.External is { } external) ExternalCall.Write(kernel, external, target, module, Symbols.Of(kernel.Name, prefix));
            else new KernelWriter(kernel, target, module, Symbols.Of(kernel.Name, prefix)).Write();
        return module.ToString();
    }

    /// <summary>One kernel as a module under a symbol of the caller's, to run here: always by its own body.</summary>
    internal static string EmitAs(Kernel kernel, CpuTarget target, string symbol)
    {
        var module = new ModuleWriter();
        new KernelWriter(kernel, target, module, symbol).Write();
        return module.ToString();
    }
}
