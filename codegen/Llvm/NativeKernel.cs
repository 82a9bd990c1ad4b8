using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>A kernel as machine code in this process. Any number of threads may run it.</summary>
public sealed unsafe class NativeKernel
{
    private readonly Jit jit = new();
    private readonly delegate* unmanaged<void**, long*, void*, void*, void> entry;
    private readonly Seq<Buffer> arguments;
    private readonly Seq<Symbol> symbols;
    private readonly Expr scratchBytes;

    /// <param name="kernel">What the code computes.</param>
    /// <param name="obj">The object made of it.</param>
    /// <param name="symbol">The symbol of its entry.</param>
    internal NativeKernel(Kernel kernel, byte[] obj, string symbol)
    {
        Kernel = kernel;
        (arguments, symbols, scratchBytes) = ([.. kernel.Inputs, .. kernel.Outputs], kernel.Symbols, ScratchLayout.Of(kernel).Bytes);
        jit.Add(obj);
        entry = (delegate* unmanaged<void**, long*, void*, void*, void>)jit.Lookup(symbol);
    }

    public Kernel Kernel { get; }

    /// <summary>Runs it once.</summary>
    /// <param name="buffers">Memory of each input and output by name; outputs are filled in place.</param>
    /// <param name="dimensions">The number that each symbol stands for.</param>
    /// <param name="host">A <c>lathe_host</c> whose threads share the parallel loops, or 0.</param>
    public void Run(IReadOnlyDictionary<string, Bytes> buffers, IReadOnlyDictionary<string, long> dimensions, nint host = 0) => Bind(buffers, dimensions, host)();

    /// <summary>A call with everything in place, to be run (and timed) again and again; it keeps the memory alive.</summary>
    public Action Bind(IReadOnlyDictionary<string, Bytes> buffers, IReadOnlyDictionary<string, long> dimensions, nint host = 0) =>
        Bind([.. arguments.Select(buffer => buffers.TryGetValue(buffer.Name, out var bytes) ? bytes : throw new ArgumentException($"kernel {Kernel.Name}: nothing is given for %{buffer.Name}"))], dimensions, null, host);

    /// <param name="memory">Of the inputs, then of the outputs.</param>
    /// <param name="dimensions">The number that each symbol stands for.</param>
    /// <param name="scratch">At least the bytes of the kernel's scratch; its own where null.</param>
    /// <param name="host">A <c>lathe_host</c> or 0.</param>
    internal Action Bind(Seq<Bytes> memory, IReadOnlyDictionary<string, long> dimensions, Bytes? scratch, nint host)
    {
        if (memory.Count != arguments.Count) throw new ArgumentException($"kernel {Kernel.Name} takes {arguments.Count} arguments, it is given {memory.Count}");
        foreach (var (buffer, bytes) in arguments.Zip(memory))
            if (buffer.Scalar.Bytes(Dimensions.Evaluate(buffer.Size, dimensions)) is var needed && bytes.Length < needed)
                throw new ArgumentException($"kernel {Kernel.Name}: %{buffer.Name} takes {needed} bytes, it is given {bytes.Length}");
        var room = Dimensions.Evaluate(scratchBytes, dimensions);
        scratch ??= Bytes.Zeros(room);
        if (scratch.Length < room) throw new ArgumentException($"kernel {Kernel.Name} takes {room} bytes of scratch, it is given {scratch.Length}");
        var (pointers, numbers) = (Bytes.Of<nint>([.. memory.Select(bytes => bytes.Address)]), Bytes.Of<long>([.. symbols.Select(symbol => Dimensions.Evaluate(symbol, dimensions))]));
        return () =>
        {
            entry((void**)pointers.Address, (long*)numbers.Address, (void*)scratch.Address, (void*)host);
            GC.KeepAlive(memory);
            GC.KeepAlive(pointers);
            GC.KeepAlive(numbers);
            GC.KeepAlive(scratch);
        };
    }
}
