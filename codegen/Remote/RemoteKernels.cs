using System.Runtime.InteropServices;
using Lathe.Codegen.Llvm;
using Lathe.Ir;

namespace Lathe.Codegen.Remote;

/// <summary>Kernels as machine code in a process of another system, in one library: what <see cref="NativeKernel"/> is in this one.</summary>
public sealed class RemoteKernels
{
    private readonly RemoteProcess process;
    private readonly ulong library;
    private readonly Dictionary<Kernel, string> names = new(ReferenceEqualityComparer.Instance);

    /// <param name="kernels">Lowered or scheduled.</param>
    /// <param name="target">Whose code the process runs.</param>
    /// <param name="folder">Where the library is written.</param>
    /// <exception cref="ToolMissingException">No LLVM or linker is here.</exception>
    /// <exception cref="RemoteException">The process does not take it.</exception>
    public RemoteKernels(RemoteProcess process, IEnumerable<Kernel> kernels, CpuTarget target, string folder)
    {
        this.process = process;
        foreach (var kernel in kernels) names.TryAdd(kernel, $"kernel{names.Count}");
        string Object(string name) => Path.Combine(folder, name + ".o");
        Parallel.ForEach(names, entry => File.WriteAllBytes(Object(entry.Value), new Assembler(target).ToObject(KernelEmitter.EmitAs(entry.Key, target, entry.Value), entry.Value)));
        var path = Path.Combine(folder, target.System.SharedFile("kernels"));
        foreach (var (name, text) in target.System.Support(target.Architecture, isShared: true)) File.WriteAllBytes(Object(name), new Assembler(target).ToObject(text, name));
        Linker.Shared([.. names.Values.Concat(target.System.Support(target.Architecture, isShared: true).Select(s => s.Name)).Select(Object)], path, Path.GetFileName(path), [.. names.Values], system: target.System);
        library = process.Open(path);
    }

    /// <summary>Runs one of them once; its outputs by name.</summary>
    /// <param name="kernel">Which.</param>
    /// <param name="buffers">What its inputs hold, and what its outputs hold before, by name.</param>
    /// <param name="symbols">The number that each symbol stands for.</param>
    public Dictionary<string, Bytes> Run(Kernel kernel, IReadOnlyDictionary<string, Bytes> buffers, IReadOnlyDictionary<string, long> symbols)
    {
        var given = new List<ulong>();
        try
        {
            var places = kernel.Inputs.Concat(kernel.Outputs).Select(b => (b.Name, buffers[b.Name].Length, Address: Placed(buffers[b.Name].Span(0, (int)buffers[b.Name].Length)))).ToList();
            // A pointer stands in a word of 8 bytes whatever its size.
            var arguments = Placed(MemoryMarshal.AsBytes<ulong>(places.Select(p => p.Address).ToArray()));
            var numbers = Placed(MemoryMarshal.AsBytes<long>(kernel.Symbols.Select(s => Dimensions.Evaluate(s, symbols)).ToArray()));
            var scratch = Memory(Dimensions.Evaluate(ScratchLayout.Of(kernel).Bytes, symbols));
            process.Call(process.Symbol(library, names[kernel]), arguments, numbers, scratch, 0);
            return places.Skip(kernel.Inputs.Count).ToDictionary(p => p.Name, p =>
            {
                var bytes = new byte[p.Length];
                process.Read(p.Address, bytes);
                return Bytes.Of(bytes);
            }, StringComparer.Ordinal);
        }
        finally { foreach (var address in given) process.Free(address); }

        ulong Memory(long bytes)
        {
            var address = process.Allocate(bytes + ScratchLayout.Alignment);
            given.Add(address);
            return (address + ScratchLayout.Alignment - 1) / ScratchLayout.Alignment * ScratchLayout.Alignment;
        }

        ulong Placed(ReadOnlySpan<byte> bytes)
        {
            var address = Memory(bytes.Length);
            process.Write(address, bytes);
            return address;
        }
    }
}
