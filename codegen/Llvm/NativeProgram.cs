using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>A program as machine code in this process: kernels compiled, weights in place and packed. Any number of threads may run it.</summary>
public sealed class NativeProgram
{
    private readonly Program program;
    private readonly Dictionary<string, Slot> slots;
    private readonly Dictionary<string, NativeKernel> kernels;
    private readonly Dictionary<string, Bytes> weights;

    public NativeProgram(Program program, CpuTarget? target = null)
    {
        this.program = program;
        slots = program.Slots.ToDictionary(slot => slot.Name, StringComparer.Ordinal);
        kernels = program.Kernels.AsParallel().Select(kernel => NativeRunner.Load(kernel, target)).ToDictionary(native => native.Kernel.Name, StringComparer.Ordinal);
        weights = program.Weights.ToDictionary(weight => weight.Slot, weight => weight.Contents, StringComparer.Ordinal);
        var none = new Dictionary<string, long>();
        foreach (var call in program.Once)
        {
            foreach (var name in call.Arguments.Where(name => !weights.ContainsKey(name))) weights[name] = Bytes.Zeros(Dimensions.Evaluate(slots[name].Bytes, none));
            Call(call, weights, none, null, 0);
        }
    }

    /// <summary>Runs it on one tensor for each of its inputs.</summary>
    /// <exception cref="DiagnosticException">LT50xx: the inputs do not fit the program.</exception>
    /// <exception cref="OperationCanceledException">It was asked to end: between two kernels.</exception>
    public Tensor[] Run(IReadOnlyList<Tensor> inputs, nint host = 0, CancellationToken cancellation = default)
    {
        var symbols = new SortedDictionary<string, long>(Dimensions.Bind(program.Inputs, inputs, program.Guards).ToDictionary(), StringComparer.Ordinal);
        var arena = Bytes.Zeros(Dimensions.Evaluate(program.ArenaBytes, symbols));
        var memory = new Dictionary<string, Bytes>(weights, StringComparer.Ordinal);
        foreach (var (value, tensor) in program.Inputs.Zip(inputs)) memory[value.Name] = tensor.Bytes;
        foreach (var slot in program.Slots)
        {
            if (slot.Kind == SlotKind.Arena) memory[slot.Name] = arena.Slice(Dimensions.Evaluate(slot.Offset, symbols), Dimensions.Evaluate(slot.Bytes, symbols));
            if (slot.Kind == SlotKind.Output && !memory.ContainsKey(slot.Name)) memory[slot.Name] = Bytes.Zeros(Dimensions.Evaluate(slot.Bytes, symbols));
        }
        new StepRun(memory, symbols, call => Call(call, memory, symbols, arena, host), cancellation).Run(program.Steps);
        return [.. program.Outputs.Select(value => new Tensor(value.Type.Scalar, Dimensions.Evaluate(value.Type.Shape, symbols), memory[value.Name]))];
    }

    private void Call(CallKernel call, Dictionary<string, Bytes> memory, IReadOnlyDictionary<string, long> symbols, Bytes? arena, nint host)
    {
        var from = arena is not null && call.Scratch is { } offset ? Dimensions.Evaluate(offset, symbols) : -1;
        kernels[call.Kernel].Bind([.. call.Arguments.Select(name => memory[name])], symbols, from >= 0 ? arena!.Slice(from, arena.Length - from) : null, host)();
    }
}
