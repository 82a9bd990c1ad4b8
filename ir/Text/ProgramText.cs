namespace Lathe.Ir;

/// <summary>Writes a program: where everything lies, what runs in the compiler, what runs in the artifact; its kernels follow.</summary>
internal static class ProgramText
{
    public static void Write(TextWriting text, Program program)
    {
        var kernels = program.Kernels.GroupBy(k => k.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        text.Braces($"program {NameText.Bare(program.Name)}({TextWriting.Parameters(program.Inputs)}) -> ({TextWriting.Parameters(program.Outputs)}){TextWriting.Where(Symbols(program))}", () =>
        {
            text.Line($"arena {program.ArenaBytes}, least {program.LowerBound}");
            foreach (var guard in program.Guards) text.Line(TextWriting.Check(guard));
            text.Braces("slots", () => { foreach (var slot in program.Slots) text.Line(Slot(slot)); });
            if (program.Once.Count > 0) text.Braces("once", () => { foreach (var call in program.Once) text.Line(Call(call)); });
            text.Braces("steps", () => Write(program.Steps));
        });
        foreach (var kernel in program.Kernels)
        {
            text.Line("");
            KernelText.Write(text, kernel);
        }

        void Write(Seq<Step> steps)
        {
            foreach (var step in steps)
                switch (step)
                {
                    case CallKernel call: text.Line(Call(call)); break;
                    case Let l: text.Line($"let {NameText.Bare(l.Symbol.Name)} = {l.Value}{(l.Most == (Expr)l.Symbol.High ? "" : $" most {l.Most}")}"); break;
                    case Demand d: text.Line(TextWriting.Check(d.Guard)); break;
                    case Branch b:
                        text.Braces($"{NameText.Bare(b.Name)}: if {b.Condition}", () => Write(b.Then));
                        if (b.Else.Count > 0) text.Braces("else", () => Write(b.Else));
                        break;
                    case Repeat r:
                        text.Braces($"{NameText.Bare(r.Name)}: loop {NameText.Bare(r.Round.Name)}{(r.Count is null ? "" : $" in {r.Count}")}{(r.While is null ? "" : $" while {r.While}")}{(r.Rounds is null ? "" : $" -> {NameText.Bare(r.Rounds.Name)}")}", () => Write(r.Body));
                        break;
                    default: throw new UnreachableException($"a step {step.GetType().Name}");
                }
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

    /// <summary>Dimensions that are known at entry and those that steps bind, by name.</summary>
    private static IEnumerable<Symbol> Symbols(Program program) => program.Symbols.Concat(program.Steps.Bound).Distinct().OrderBy(s => s.Name, StringComparer.Ordinal);

    private static string Slot(Slot slot) =>
        $"%{NameText.Sigiled(slot.Name)}: {TextWriting.Extents([slot.Size])} {slot.Scalar.Text} in {RecordText.Show(slot.Kind)}{(slot.Offset is Number { Integer: 0 } ? "" : $" at {slot.Offset}")}";

    /// <summary>The weights as the text lists them: a slot's numbers in one axis.</summary>
    public static IEnumerable<(string Name, TensorType Type, Seq<Bytes> Planes)> Weights(Program program)
    {
        var slots = program.Slots.GroupBy(s => s.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        return program.Weights.Select(w => (w.Slot, slots.TryGetValue(w.Slot, out var slot) ? new TensorType([slot.Size], slot.Scalar) : throw new InvalidOperationException($"weight {w.Slot} has no slot"), (Seq<Bytes>)[w.Contents]));
    }
}
