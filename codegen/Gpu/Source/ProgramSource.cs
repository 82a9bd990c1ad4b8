using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>The kernels of a program as one file, in a language for GPUs.</summary>
public sealed class ProgramSource
{
    private readonly KernelLanguage language;

    /// <summary>As C# for ILGPU.</summary>
    /// <param name="program">Mapped by <see cref="Passes.MapKernels"/>.</param>
    public static ProgramSource CSharp(Program program) => new(program, Gpu.CSharp.Language);

    /// <summary>As OpenCL C.</summary>
    /// <param name="program">Mapped by <see cref="Passes.MapKernels"/>.</param>
    public static ProgramSource OpenclC(Program program) => new(program, Gpu.OpenclC.Language);

    /// <param name="threadsTakeTurns">Whether one thread plays those of a group, in a loop between one wait and the next: for the processor.</param>
    internal ProgramSource(Program program, KernelLanguage language, bool threadsTakeTurns = false)
    {
        (ThreadsTakeTurns, this.language) = (threadsTakeTurns, language);
        var names = new Identifiers(language);
        Kernels = program.Kernels.ToDictionary(kernel => kernel.Name, kernel => new KernelSource(kernel, names.Next(Pascal(kernel.Name)), language, threadsTakeTurns), StringComparer.Ordinal);
        Order = [.. program.Kernels.Select(kernel => Kernels[kernel.Name])];
    }

    internal bool ThreadsTakeTurns { get; }

    internal IReadOnlyDictionary<string, KernelSource> Kernels { get; }

    private Seq<KernelSource> Order { get; }

    /// <summary>The kernels and the arithmetic that they call, to be read or compiled.</summary>
    public string Text => language.File(Order.Select(k => k.Text));

    /// <summary>What launches them from arrays of arguments, where they are C#.</summary>
    internal string Bindings => Gpu.CSharp.Bindings(Order);

    private static string Pascal(string name) => Identifiers.Plain(name) is var plain ? $"{char.ToUpperInvariant(plain[0])}{plain[1..]}" : "";
}
