namespace Lathe.Ir;

/// <summary>Checks a program: unique names, arguments that fit their kernels, slots filled before they are read, symbols that have a number where they are used, weights that fill their slots.</summary>
public sealed class ProgramVerifier
{
    private readonly List<string> faults = [];
    private readonly Dictionary<string, Slot> slots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Kernel> kernels = new(StringComparer.Ordinal);
    private readonly Bounds bounds, inRounds;
    /// <summary>Numbers of symbols where the steps that are looked at run.</summary>
    private IReadOnlyDictionary<string, long> numbers = new Dictionary<string, long>(StringComparer.Ordinal);

    private ProgramVerifier(Program program) => (bounds, inRounds) = (Bounds.Of(program), Bounds.Of(program, inRounds: true));

    /// <summary>What is wrong, one line each; empty where all is well.</summary>
    public static Seq<string> Check(Program program)
    {
        var verifier = new ProgramVerifier(program);
        verifier.Visit(program);
        return [.. verifier.faults];
    }

    private void Visit(Program program)
    {
        foreach (var slot in program.Slots) if (!slots.TryAdd(slot.Name, slot)) faults.Add($"two slots are named {slot.Name}");
        foreach (var kernel in program.Kernels) if (!kernels.TryAdd(kernel.Name, kernel)) faults.Add($"two kernels are named {kernel.Name}");
        foreach (var (value, kind) in program.Inputs.Select(v => (v, SlotKind.Input)).Concat(program.Outputs.Select(v => (v, SlotKind.Output))))
            foreach (var buffer in new Storage(value.Name, value.Type).Buffers)
                if (!slots.TryGetValue(buffer.Name, out var slot) || slot.Kind != kind) faults.Add($"{value} has no {kind} slot {buffer.Name}");

        var known = new Known([.. slots.Values.Where(s => s.Kind == SlotKind.Input).Select(s => s.Name)], [.. program.Symbols.Select(s => s.Name)]);
        foreach (var (name, contents) in program.Weights)
            if (!slots.TryGetValue(name, out var slot)) faults.Add($"weight {name} has no slot");
            else if (slot.Bytes is not Number n || n.Integer != contents.Length) faults.Add($"weight {name} holds {contents.Length} bytes, its slot {slot.Bytes}");
            else known.Filled.Add(name);
        foreach (var guard in program.Guards) Symbols(guard.Condition, known, "a check at entry");
        foreach (var slot in program.Slots) Symbols(slot.Size + slot.Offset, known, $"slot {slot.Name}");
        foreach (var call in program.Once) Visit(call, known);
        known = Visit(program.Steps, known);
        foreach (var slot in slots.Values) if (slot.Kind == SlotKind.Output && !known.Filled.Contains(slot.Name)) faults.Add($"output {slot.Name} is never filled");
        foreach (var output in program.Outputs) foreach (var extent in output.Type.Shape) Symbols(extent, known, $"output {output}");
    }

    /// <summary>Slots that hold something and symbols that have a number.</summary>
    private sealed record Known(HashSet<string> Filled, HashSet<string> Symbols)
    {
        public Known Copy() => new(new(Filled, StringComparer.Ordinal), new(Symbols, StringComparer.Ordinal));

        /// <summary>What is known whichever of two ways was taken.</summary>
        public Known Both(Known other) => new([.. Filled.Intersect(other.Filled, StringComparer.Ordinal)], [.. Symbols.Intersect(other.Symbols, StringComparer.Ordinal)]);
    }

    private Known Visit(Seq<Step> steps, Known known)
    {
        foreach (var step in steps)
        {
            if (step.Asked is { } asked && !known.Filled.Contains(asked)) faults.Add($"a step asks {asked} before it is filled");
            switch (step)
            {
                case CallKernel call: Visit(call, known); break;
                case Let l:
                    Symbols(l.Value, known, $"let {l.Symbol.Name}");
                    known.Symbols.Add(l.Symbol.Name);
                    break;
                case Demand d: Symbols(d.Guard.Condition, known, "a check"); break;
                case Branch b:
                    Symbols(b.Condition, known, $"branch {b.Name}");
                    var (before, bound) = (numbers, b.Then.Bound.Select(s => s.Name).ToHashSet(StringComparer.Ordinal)); // what gets another number inside is not known
                    numbers = new Dictionary<string, long>(Equal(b.Condition).Concat(numbers).DistinctBy(p => p.Key).Where(p => !bound.Contains(p.Key)), StringComparer.Ordinal);
                    var then = Visit(b.Then, known.Copy());
                    numbers = before;
                    known = then.Both(Visit(b.Else, known.Copy()));
                    break;
                case Repeat r:
                    if (r.Count is { } count) Symbols(count, known, $"loop {r.Name}");
                    var inside = known.Copy();
                    inside.Symbols.Add(r.Round.Name);
                    inside = Visit(r.Body, inside);
                    // What only the loop fills may hold nothing: but stacked results are read as far as rounds filled them.
                    known.Filled.UnionWith(inside.Filled);
                    if (r.Rounds is { } rounds) known.Symbols.Add(rounds.Name);
                    break;
                default: faults.Add($"a step {step.GetType().Name}, which nothing runs"); break;
            }
        }
        return known;
    }

    private void Visit(CallKernel call, Known known)
    {
        if (!kernels.TryGetValue(call.Kernel, out var kernel)) { faults.Add($"step {call.Name} calls {call.Kernel}, which is not there"); return; }
        Seq<Buffer> buffers = [.. kernel.Inputs, .. kernel.Outputs];
        if (buffers.Count != call.Arguments.Count) { faults.Add($"step {call.Name} gives {call.Kernel} {call.Arguments.Count} arguments, it takes {buffers.Count}"); return; }
        foreach (var symbol in kernel.Symbols) if (!known.Symbols.Contains(symbol.Name)) faults.Add($"step {call.Name}: {symbol.Name} has no number yet");
        for (var i = 0; i < buffers.Count; i++)
        {
            if (!slots.TryGetValue(call.Arguments[i], out var slot)) { faults.Add($"step {call.Name} reads {call.Arguments[i]}, which is not there"); continue; }
            if (slot.Scalar != buffers[i].Scalar || !Fits(slot.Size, buffers[i].Size)) faults.Add($"step {call.Name}: %{buffers[i].Name} is {buffers[i].Size} of {buffers[i].Scalar.Text}, slot {slot.Name} is {slot.Size} of {slot.Scalar.Text}");
            if (i < kernel.Inputs.Count && !known.Filled.Contains(slot.Name)) faults.Add($"step {call.Name} reads {slot.Name} before it is filled");
            if (i >= kernel.Inputs.Count) known.Filled.Add(slot.Name);
        }
    }

    /// <summary>Whether what a kernel takes lies in a slot: all of it, or where a run decides the size, never more.</summary>
    private bool Fits(Expr slot, Expr buffer)
    {
        if (numbers.Count > 0) slot = Linear.Simplify(slot.Replace(e => e is Symbol s && numbers.TryGetValue(s.Name, out var number) ? number : null));
        return Linear.ProvesEqual(slot, buffer) || Holds(bounds) || Holds(inRounds);

        bool Holds(Bounds most) => Linear.ProvesNonNegative(slot - most.Most(buffer));
    }

    /// <summary>The symbols that a condition says the numbers of.</summary>
    private static IEnumerable<KeyValuePair<string, long>> Equal(Expr condition) => condition switch
    {
        Binary { Operator: Operator.And } both => Equal(both.A).Concat(Equal(both.B)).DistinctBy(p => p.Key),
        Binary { Operator: Operator.Equal, A: Symbol symbol, B: Number { IsReal: false, Integer: var number } } => [new(symbol.Name, number)],
        Binary { Operator: Operator.Equal, A: Number { IsReal: false, Integer: var number }, B: Symbol symbol } => [new(symbol.Name, number)],
        _ => [],
    };

    private void Symbols(Expr e, Known known, string where)
    {
        foreach (var symbol in e.Parts().OfType<Symbol>().Distinct()) if (!known.Symbols.Contains(symbol.Name)) faults.Add($"{where}: {symbol.Name} has no number yet");
    }
}
