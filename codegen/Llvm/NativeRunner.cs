using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>Runs kernels and programs as machine code in this process; what was compiled once is kept.</summary>
public static class NativeRunner
{
    private const string Symbol = "kernel";

    private static readonly ConditionalWeakTable<Kernel, NativeKernel> Kernels = [];
    private static readonly ConditionalWeakTable<Program, NativeProgram> Programs = [];
    private static readonly ConcurrentDictionary<(string Text, CpuTarget Target), Lazy<byte[]>> Objects = [];

    /// <summary>Runs one kernel, lowered or scheduled.</summary>
    /// <param name="kernel">What to run.</param>
    /// <param name="buffers">Memory of each input and output by name; outputs are filled in place.</param>
    /// <param name="symbols">The number that each symbol stands for.</param>
    public static void Run(Kernel kernel, IReadOnlyDictionary<string, Bytes> buffers, IReadOnlyDictionary<string, long> symbols) => Load(kernel).Run(buffers, symbols);

    /// <summary>Runs a program on one tensor for each of its inputs.</summary>
    /// <exception cref="DiagnosticException">LT50xx: the inputs do not fit the program.</exception>
    public static Tensor[] Run(Program program, IReadOnlyList<Tensor> inputs) => Programs.GetValue(program, p => new(p)).Run(inputs);

    /// <summary>A kernel ready to run.</summary>
    /// <param name="target">A processor that this one can stand in for; this one where null.</param>
    /// <param name="cache">Objects that were made before.</param>
    public static NativeKernel Load(Kernel kernel, CpuTarget? target = null, ObjectCache? cache = null) =>
        target is null || target == CpuTarget.Host ? Kernels.GetValue(kernel, k => Compile(k, CpuTarget.Host, cache)) : Compile(kernel, target, cache);

    private static NativeKernel Compile(Kernel kernel, CpuTarget target, ObjectCache? cache)
    {
        // No name of a kernel or buffer is in the text: kernels that do the same share the object.
        var text = KernelEmitter.EmitAs(kernel, target, Symbol);
        var obj = Objects.GetOrAdd((text, target), key => new(() => cache is null ? new Assembler(key.Target).ToObject(key.Text, Symbol) : cache.ToObject(new(key.Target), key.Text, Symbol)));
        return new(kernel, obj.Value, Symbol);
    }
}
