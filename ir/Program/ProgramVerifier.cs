namespace Lathe.Ir;

/// <summary>Checks a program: unique names, arguments that fit their kernels, slots filled before they are read, weights that fill their slots.</summary>
public static class ProgramVerifier
{
    /// <summary>What is wrong, one line each; empty where all is well.</summary>
    public static Seq<string> Check(Program program)
    {
        var faults = new List<string>();
        var (slots, kernels) = (new Dictionary<string, Slot>(StringComparer.Ordinal), new Dictionary<string, Kernel>(StringComparer.Ordinal));
        foreach (var slot in program.Slots) if (!slots.TryAdd(slot.Name, slot)) faults.Add($"two slots are named {slot.Name}");
        foreach (var kernel in program.Kernels) if (!kernels.TryAdd(kernel.Name, kernel)) faults.Add($"two kernels are named {kernel.Name}");
        foreach (var (value, kind) in program.Inputs.Select(v => (v, SlotKind.Input)).Concat(program.Outputs.Select(v => (v, SlotKind.Output))))
            foreach (var buffer in new Storage(value.Name, value.Type).Buffers)
                if (!slots.TryGetValue(buffer.Name, out var slot) || slot.Kind != kind) faults.Add($"{value} has no {kind} slot {buffer.Name}");

        var filled = slots.Values.Where(s => s.Kind == SlotKind.Input).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, contents) in program.Weights)
            if (!slots.TryGetValue(name, out var slot)) faults.Add($"weight {name} has no slot");
            else if (slot.Bytes is not Number n || n.Integer != contents.Length) faults.Add($"weight {name} holds {contents.Length} bytes, its slot {slot.Bytes}");
            else filled.Add(name);
        foreach (var call in program.Once.Concat(program.Steps.OfType<CallKernel>()))
        {
            if (!kernels.TryGetValue(call.Kernel, out var kernel)) { faults.Add($"step {call.Name} calls {call.Kernel}, which is not there"); continue; }
            Seq<Buffer> buffers = [.. kernel.Inputs, .. kernel.Outputs];
            if (buffers.Count != call.Arguments.Count) { faults.Add($"step {call.Name} gives {call.Kernel} {call.Arguments.Count} arguments, it takes {buffers.Count}"); continue; }
            for (var i = 0; i < buffers.Count; i++)
            {
                if (!slots.TryGetValue(call.Arguments[i], out var slot)) { faults.Add($"step {call.Name} reads {call.Arguments[i]}, which is not there"); continue; }
                if (slot.Scalar != buffers[i].Scalar || !Linear.ProvesEqual(slot.Size, buffers[i].Size)) faults.Add($"step {call.Name}: %{buffers[i].Name} is {buffers[i].Size} of {buffers[i].Scalar.Text}, slot {slot.Name} is {slot.Size} of {slot.Scalar.Text}");
                if (i < kernel.Inputs.Count && !filled.Contains(slot.Name)) faults.Add($"step {call.Name} reads {slot.Name} before it is filled");
                if (i >= kernel.Inputs.Count) filled.Add(slot.Name);
            }
        }
        foreach (var slot in slots.Values) if (slot.Kind == SlotKind.Output && !filled.Contains(slot.Name)) faults.Add($"output {slot.Name} is never filled");
        return [.. faults];
    }
}
