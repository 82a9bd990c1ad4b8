using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>A program on a device: kernels compiled, weights uploaded once. A run copies its inputs there and its outputs back, and what the host must know on the way.</summary>
public sealed class GpuProgram : IDisposable
{
    private const int Alignment = 256;

    private readonly Program program;
    private readonly GpuDevice device;
    private readonly Dictionary<string, Slot> slots;
    private readonly IDeviceKernels kernels;
    private readonly Dictionary<string, (long Offset, long Bytes)> weights = new(StringComparer.Ordinal);
    private readonly DeviceMemory stored;

    /// <summary>What runs work in: the next run takes it again where it is enough.</summary>
    private DeviceMemory? run;

    /// <param name="program">Mapped by <see cref="Passes.MapKernels"/>.</param>
    /// <param name="device">Stays the caller's.</param>
    /// <param name="grid">Most groups of a launch and threads of a group; null: what suits the device.</param>
    /// <exception cref="DiagnosticException">LT4302: its weights do not fit the device; LT4310: it computes with kinds of number that no kernel has.</exception>
    public GpuProgram(Program program, GpuDevice device, (int Groups, int Threads)? grid = null)
    {
        (this.program, this.device) = (program, device);
        slots = program.Slots.ToDictionary(slot => slot.Name, StringComparer.Ordinal);
        kernels = device.Load(program, grid);
        var (none, top) = (new Dictionary<string, long>(), 0L);
        foreach (var slot in program.Slots.Where(s => s.Kind is SlotKind.Weight or SlotKind.Source))
        {
            var bytes = Dimensions.Evaluate(slot.Bytes, none);
            weights[slot.Name] = (top, bytes);
            top = Aligned(top + bytes);
        }
        stored = device.Allocate(top, "the weights");
        foreach (var (slot, contents) in program.Weights) stored.Upload(weights[slot].Offset, contents, Math.Min(contents.Length, weights[slot].Bytes));
        foreach (var call in program.Once) Call(call, name => Weight(name)!.Value, default, none);
        device.Synchronize();
    }

    /// <summary>Bytes of weights on the device.</summary>
    public long WeightBytes => stored.Length;

    /// <summary>Bytes of the arena that the last run took.</summary>
    public long ArenaBytes { get; private set; }

    /// <summary>Runs it on one tensor for each of its inputs.</summary>
    /// <exception cref="DiagnosticException">LT50xx: the inputs do not fit the program; LT4302: the device has no room for the run.</exception>
    /// <exception cref="OperationCanceledException">It was asked to end: between two kernels.</exception>
    public Tensor[] Run(IReadOnlyList<Tensor> inputs, CancellationToken cancellation = default)
    {
        var symbols = new SortedDictionary<string, long>(Dimensions.Bind(program.Inputs, inputs, program.Guards).ToDictionary(), StringComparer.Ordinal);
        var (places, top) = (new Dictionary<string, (long Offset, long Bytes)>(StringComparer.Ordinal), 0L);
        long Evaluate(Expr e) => Dimensions.Evaluate(e, symbols);
        var arena = Evaluate(program.ArenaBytes);
        foreach (var slot in program.Slots.Where(s => s.Kind == SlotKind.Arena)) places[slot.Name] = (Evaluate(slot.Offset), Evaluate(slot.Bytes));
        top = Aligned(arena);
        foreach (var slot in program.Slots.Where(s => s.Kind is SlotKind.Input or SlotKind.Output)) Place(slot.Name, Evaluate(slot.Bytes));
        // What no kernel reads has no slot, and may be an output all the same.
        foreach (var (value, tensor) in program.Inputs.Zip(inputs).Where(i => !places.ContainsKey(i.First.Name))) Place(value.Name, tensor.Kind.Bytes(tensor.Count));
        if (run is null || run.Length < top)
        {
            run?.Dispose();
            run = null;
            run = device.Allocate(top, "a run");
        }
        var (memory, _) = (run, ArenaBytes = top);
        foreach (var (value, tensor) in program.Inputs.Zip(inputs)) memory.Upload(places[value.Name].Offset, tensor.Bytes, tensor.Kind.Bytes(tensor.Count));

        var seen = new Readback(name => Download(name, places, memory));
        new StepRun(seen, symbols, call =>
        {
            var from = call.Scratch is { } offset ? Evaluate(offset) : 0;
            Call(call, name => Weight(name) ?? memory.At(places[name].Offset, places[name].Bytes), memory.At(from, arena - from), symbols);
        }, cancellation).Run(program.Steps);
        return [.. program.Outputs.Select(value => new Tensor(value.Type.Scalar, Dimensions.Evaluate(value.Type.Shape, symbols), Download(value.Name, places, memory)))];

        void Place(string name, long bytes)
        {
            places[name] = (top, bytes);
            top = Aligned(top + bytes);
        }
    }

    private Bytes Download(string name, Dictionary<string, (long Offset, long Bytes)> places, DeviceMemory memory)
    {
        return weights.TryGetValue(name, out var weight) ? stored.Download(weight.Offset, weight.Bytes) : memory.Download(places[name].Offset, places[name].Bytes);
    }

    private DevicePlace? Weight(string name) => weights.TryGetValue(name, out var place) ? stored.At(place.Offset, place.Bytes) : null;

    private void Call(CallKernel call, Func<string, DevicePlace> find, DevicePlace scratch, IReadOnlyDictionary<string, long> symbols) =>
        kernels.Call(call.Kernel, [.. call.Arguments.Select(find)], scratch, symbols);

    private static long Aligned(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    public void Dispose()
    {
        run?.Dispose();
        stored.Dispose();
        kernels.Dispose();
    }

    /// <summary>Slots as the host reads them, for conditions and numbers that data decide: each read is a copy of what lies there now.</summary>
    private sealed class Readback(Func<string, Bytes> read) : IReadOnlyDictionary<string, Bytes>
    {
        public Bytes this[string key] => read(key);
        public IEnumerable<string> Keys => [];
        public IEnumerable<Bytes> Values => [];
        public int Count => 0;
        public bool ContainsKey(string key) => true;

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out Bytes value)
        {
            value = read(key);
            return true;
        }

        public IEnumerator<KeyValuePair<string, Bytes>> GetEnumerator() => Enumerable.Empty<KeyValuePair<string, Bytes>>().GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
