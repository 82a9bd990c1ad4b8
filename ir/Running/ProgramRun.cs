namespace Lathe.Ir;

/// <summary>A program made ready to run: weights in place and packed. Arguments lie where the plan says, so a plan that overlaps what is alive is found.</summary>
internal sealed class ProgramRun
{
    private readonly Program program;
    private readonly Dictionary<string, Slot> slots;
    private readonly Dictionary<string, Kernel> kernels;
    private readonly Dictionary<string, Bytes> weights;

    public ProgramRun(Program program)
    {
        this.program = program;
        slots = program.Slots.ToDictionary(s => s.Name, StringComparer.Ordinal);
        kernels = program.Kernels.ToDictionary(k => k.Name, StringComparer.Ordinal);
        weights = program.Weights.ToDictionary(w => w.Slot, w => w.Contents, StringComparer.Ordinal);
        var none = new Dictionary<string, long>();
        foreach (var call in program.Once)
        {
            foreach (var name in call.Arguments.Where(name => !weights.ContainsKey(name))) weights[name] = Garbage(slots[name], none);
            Call(call, weights, none, null);
        }
    }

    public Tensor[] Run(IReadOnlyList<Tensor> inputs, CancellationToken cancellation)
    {
        var symbols = new SortedDictionary<string, long>(Dimensions.Bind(program.Inputs, inputs, program.Guards).ToDictionary(), StringComparer.Ordinal);
        var bytes = Dimensions.Evaluate(program.ArenaBytes, symbols);
        var arena = Bytes.Zeros(bytes);
        Cells.Spoil(arena.Address, bytes, (int)Scalar.F8E5M2);
        var memory = new Dictionary<string, Bytes>(weights, StringComparer.Ordinal);
        foreach (var (value, tensor) in program.Inputs.Zip(inputs)) memory[value.Name] = tensor.Bytes;
        foreach (var slot in program.Slots)
        {
            if (slot.Kind == SlotKind.Arena) memory[slot.Name] = arena.Slice(Dimensions.Evaluate(slot.Offset, symbols), Dimensions.Evaluate(slot.Bytes, symbols));
            if (slot.Kind == SlotKind.Output && !memory.ContainsKey(slot.Name)) memory[slot.Name] = Garbage(slot, symbols);
        }
        new StepRun(memory, symbols, call => Call(call, memory, symbols, arena), cancellation).Run(program.Steps);
        return [.. program.Outputs.Select(value => new Tensor(value.Type.Scalar, Dimensions.Evaluate(value.Type.Shape, symbols), memory[value.Name]))];
    }

    private void Call(CallKernel call, Dictionary<string, Bytes> memory, IReadOnlyDictionary<string, long> symbols, Bytes? arena)
    {
        var kernel = kernels[call.Kernel];
        var parameters = kernel.Inputs.Concat(kernel.Outputs).ToList();
        if (parameters.Count != call.Arguments.Count) throw new InvalidOperationException($"{call.Name}: kernel {kernel.Name} takes {parameters.Count} arguments, it is given {call.Arguments.Count}");
        var arguments = parameters.Zip(call.Arguments).ToDictionary(pair => pair.First.Name, pair => memory[pair.Second], StringComparer.Ordinal);
        (nint, long) room = default;
        if (arena is not null && call.Scratch is { } scratch)
        {
            // The kernel's scratch is its own; spoiling the planned place finds a plan that puts it on what is alive.
            var place = arena.Slice(Dimensions.Evaluate(scratch, symbols), Dimensions.Evaluate(ScratchLayout.Of(kernel).Bytes, symbols));
            room = (place.Address, place.Length);
        }
        CompiledKernel.Of(kernel).Run(buffer => arguments[buffer.Name], symbols, room);
    }

    private static Bytes Garbage(Slot slot, IReadOnlyDictionary<string, long> symbols)
    {
        var bytes = Bytes.Zeros(Dimensions.Evaluate(slot.Bytes, symbols));
        Cells.Spoil(bytes.Address, Dimensions.Evaluate(slot.Size, symbols), (int)slot.Scalar);
        return bytes;
    }
}
