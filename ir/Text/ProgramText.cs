namespace Lathe.Ir;

/// <summary>Writes a program: where everything lies, what runs in the compiler, what runs in the artifact; its kernels follow.</summary>
internal static class ProgramText
{
    public static void Write(TextWriting text, Program program)
    {
        var kernels = program.Kernels.GroupBy(k => k.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        text.Braces($"program {NameText.Bare(program.Name)}({TextWriting.Parameters(program.Inputs)}) -> ({TextWriting.Parameters(program.Outputs)}){TextWriting.Where(program.Symbols)}", () =>
        {
            text.Line($"arena {program.ArenaBytes}, least {program.LowerBound}");
            foreach (var guard in program.Guards) text.Line(TextWriting.Check(guard));
            text.Braces("slots", () => { foreach (var slot in program.Slots) text.Line(Slot(slot)); });
            if (program.Once.Count > 0) text.Braces("once", () => { foreach (var call in program.Once) text.Line(Call(call)); });
            text.Braces("steps", () => { foreach (var step in program.Steps) text.Line(step is CallKernel call ? Call(call) : throw new UnreachableException($"a step {step.GetType().Name}")); });
        });
        foreach (var kernel in program.Kernels)
        {
            text.Line("");
            KernelText.Write(text, kernel);
        }

        string Call(CallKernel call)
        {
            var inputs = kernels.TryGetValue(call.Kernel, out var kernel) ? Math.Min(kernel.Inputs.Count, call.Arguments.Count) : call.Arguments.Count;
            string List(IEnumerable<string> arguments) => string.Join(", ", arguments.Select(a => $"%{NameText.Sigiled(a)}"));
            IEnumerable<(string, object?)> facts = call.Scratch is { } scratch ? [("scratch", scratch)] : [];
            if (call.Info is { } info) facts = facts.Concat(RecordText.Attributes(info));
            var about = string.Join(", ", facts.Select(f => $"{f.Item1}={RecordText.Show(f.Item2)}"));
            return $"{NameText.Bare(call.Name)}: {NameText.Bare(call.Kernel)}({List(call.Arguments.Take(inputs))}) -> {(inputs == call.Arguments.Count ? "()" : List(call.Arguments.Skip(inputs)))}{(about == "" ? "" : $" {{ {about} }}")}";
        }
    }

    private static string Slot(Slot slot) =>
        $"%{NameText.Sigiled(slot.Name)}: {TextWriting.Extents([slot.Size])} {slot.Scalar.Text} in {RecordText.Show(slot.Kind)}{(slot.Offset is Number { Integer: 0 } ? "" : $" at {slot.Offset}")}";

    /// <summary>The weights as the text lists them: a slot's numbers in one axis.</summary>
    public static IEnumerable<(string Name, TensorType Type, Seq<Bytes> Planes)> Weights(Program program)
    {
        var slots = program.Slots.GroupBy(s => s.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        return program.Weights.Select(w => (w.Slot, slots.TryGetValue(w.Slot, out var slot) ? new TensorType([slot.Size], slot.Scalar) : throw new InvalidOperationException($"weight {w.Slot} has no slot"), (Seq<Bytes>)[w.Contents]));
    }
}
