using Lathe.Codegen.Llvm;
using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>Runs the steps of a program that belong in the compiler: packed weights are computed by their kernels, through the same emitter, on this machine.</summary>
internal static class Once
{
    /// <summary>From here on packed weights lie in files: they are as many bytes as the model, and would be the most memory that a compile takes.</summary>
    private const long LeastInFile = 1 << 20;

    public static Program Run(Program program, ObjectCache? cache, CancellationToken cancellation)
    {
        if (program.Once.Count == 0) return program;
        var kernels = program.Kernels.ToDictionary(k => k.Name, StringComparer.Ordinal);
        var slots = program.Slots.ToDictionary(s => s.Name, StringComparer.Ordinal);
        var contents = program.Weights.ToDictionary(w => w.Slot, w => w.Contents, StringComparer.Ordinal);
        foreach (var step in program.Once)
        {
            var kernel = kernels[step.Kernel];
            foreach (var slot in step.Arguments.Skip(kernel.Inputs.Count)) contents[slot] = slots[slot].Bytes.Whole is var bytes && bytes >= LeastInFile ? Bytes.InFile(bytes) : Bytes.Zeros(bytes);
        }
        // Packings fill slots of their own from slots of the model: they may run at once.
        Parallel.ForEach(program.Once, new ParallelOptions { CancellationToken = cancellation }, step =>
        {
            var kernel = kernels[step.Kernel];
            var buffers = kernel.Inputs.Concat(kernel.Outputs).Zip(step.Arguments).DistinctBy(p => p.First.Name).ToDictionary(p => p.First.Name, p => contents[p.Second], StringComparer.Ordinal);
            NativeRunner.Load(kernel, cache: cache).Run(buffers, new Dictionary<string, long>());
        });
        var needed = program.Slots.Where(s => s.Kind == SlotKind.Weight).Select(s => s.Name).ToList();
        var packers = program.Once.Select(s => s.Kernel).ToHashSet(StringComparer.Ordinal);
        packers.ExceptWith(program.Steps.Calls.Select(s => s.Kernel));
        return program with
        {
            Slots = [.. program.Slots.Where(s => s.Kind != SlotKind.Source)],
            Weights = [.. needed.Select(slot => (slot, contents[slot]))],
            Kernels = [.. program.Kernels.Where(k => !packers.Contains(k.Name))],
            Once = [],
        };
    }
}
