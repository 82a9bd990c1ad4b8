using Lathe.Codegen.Package;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>The kernels of a program as one file of C# for ILGPU.</summary>
public sealed class ProgramSource
{
    private const string Usings = "using System;\nusing ILGPU;\nusing ILGPU.Algorithms;\nusing ILGPU.Runtime;\n";

    /// <param name="program">Mapped by <see cref="Passes.MapKernels"/>.</param>
    /// <param name="threadsTakeTurns">Whether one thread plays those of a group, in a loop between one wait and the next: for the processor.</param>
    public ProgramSource(Program program, bool threadsTakeTurns = false)
    {
        ThreadsTakeTurns = threadsTakeTurns;
        var names = new Identifiers();
        Kernels = program.Kernels.ToDictionary(kernel => kernel.Name, kernel => new KernelSource(kernel, names.Next(Pascal(kernel.Name)), threadsTakeTurns), StringComparer.Ordinal);
        Order = [.. program.Kernels.Select(kernel => Kernels[kernel.Name])];
    }

    internal bool ThreadsTakeTurns { get; }

    internal IReadOnlyDictionary<string, KernelSource> Kernels { get; }

    private Seq<KernelSource> Order { get; }

    /// <summary>The kernels and the arithmetic that they call, to be read or compiled.</summary>
    public string Text => $"{Usings}\n{string.Join('\n', Order.Select(k => k.Text))}\n{EmbeddedText.Read("Num.txt")}";

    /// <summary>What launches them from arrays of arguments.</summary>
    internal string Bindings => $"{Usings}\n{string.Join('\n', Order.Select(k => k.Bindings))}";

    private static string Pascal(string name) => Identifiers.Plain(name) is var plain ? $"{char.ToUpperInvariant(plain[0])}{plain[1..]}" : "";
}
