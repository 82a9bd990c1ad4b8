using System.Diagnostics;
using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.Benchmarks;

/// <summary>A small graph compiled for this machine, its weights packed and its arena in place: for timing.</summary>
/// <param name="Runs">Its kernels in order.</param>
/// <param name="Kernels">What schedules made of them.</param>
internal sealed record ScheduledGraph(Action[] Runs, string Kernels)
{
    public static ScheduledGraph Of(Graph graph, params Bytes[] inputs)
    {
        var program = Passes.Compilation.Run(graph, MachineTable.Of(CpuTarget.Host));
        var none = new Dictionary<string, long>();
        var memory = program.Weights.ToDictionary(w => w.Slot, w => w.Contents, StringComparer.Ordinal);
        foreach (var (value, bytes) in program.Inputs.Zip(inputs)) memory[value.Name] = bytes;
        var arena = Bytes.Zeros(Dimensions.Evaluate(program.ArenaBytes, none));
        foreach (var slot in program.Slots)
            if (!memory.ContainsKey(slot.Name)) memory[slot.Name] = slot.Kind == SlotKind.Arena ? arena.Slice(Dimensions.Evaluate(slot.Offset, none), Dimensions.Evaluate(slot.Bytes, none)) : Bytes.Zeros(Dimensions.Evaluate(slot.Bytes, none));
        var kernels = program.Kernels.ToDictionary(k => k.Name, k => NativeRunner.Load(k), StringComparer.Ordinal);
        Action Bound(CallKernel call)
        {
            var native = kernels[call.Kernel];
            return native.Bind(native.Kernel.Inputs.Concat(native.Kernel.Outputs).Zip(call.Arguments).ToDictionary(p => p.First.Name, p => memory[p.Second], StringComparer.Ordinal), none);
        }
        foreach (var once in program.Once) Bound(once)();
        return new([.. program.Steps.Calls.Select(Bound)], string.Join(", ", program.Steps.Calls.Select(c => c.Kernel)));
    }

    /// <summary>The least time of a run in ms.</summary>
    public double Least(double seconds)
    {
        var least = double.MaxValue;
        for (var all = Stopwatch.StartNew(); all.Elapsed.TotalSeconds < seconds;)
        {
            var start = Stopwatch.GetTimestamp();
            foreach (var run in Runs) run();
            least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return least;
    }
}
