using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Puts scheduled kernels in the place of lowered ones: each call gets slots for the weights its kernel wants packed, filled by steps that run in the compiler.</summary>
internal sealed class Packing(Program program, IReadOnlyDictionary<string, Kernel> lowered)
{
    private readonly Dictionary<string, Slot> slots = program.Slots.ToDictionary(s => s.Name, StringComparer.Ordinal);
    private readonly List<Slot> added = [];
    private readonly List<Kernel> kernels = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly Dictionary<Scheduled, (string Kernel, Seq<string> Once)> placed = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, string> packs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Seq<string>> packed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> plain = new(StringComparer.Ordinal);
    private readonly List<CallKernel> once = [];

    /// <param name="chosen">For each call in the order of the text its kernel, and one that takes its place where a condition on dimensions holds.</param>
    public Program Program(IEnumerable<(Scheduled General, (Expr Condition, Scheduled Scheduled)? Special)> chosen)
    {
        foreach (var call in program.Once)
        {
            // Runs once: as lowered is fast enough.
            if (!plain.TryGetValue(call.Kernel, out var name)) plain[call.Kernel] = name = Place(lowered[call.Kernel]);
            once.Add(call with { Kernel = name });
        }
        using var scheduled = chosen.GetEnumerator();
        var steps = program.Steps.MapCalls(call => scheduled.MoveNext() ? Step(call, scheduled.Current.General, scheduled.Current.Special) : throw new System.Diagnostics.UnreachableException()).Joined();
        var read = steps.Calls.SelectMany(c => c.Arguments).Concat(steps.Flat.Select(s => s.Asked).OfType<string>()).ToHashSet(StringComparer.Ordinal);
        var wanted = once.SelectMany(c => c.Arguments).Concat(read).ToHashSet(StringComparer.Ordinal);
        var all = program.Slots.Concat(added).Where(s => s.Kind is SlotKind.Input or SlotKind.Output || wanted.Contains(s.Name))
            .Select(s => s.Kind == SlotKind.Weight && !read.Contains(s.Name) ? s with { Kind = SlotKind.Source } : s);
        return Arena.Apart(program with
        {
            Slots = [.. all],
            Weights = [.. program.Weights.Where(w => wanted.Contains(w.Slot))],
            Kernels = [.. kernels],
            Once = [.. once],
            Steps = steps,
        });
    }

    private Step Step(CallKernel call, Scheduled general, (Expr Condition, Scheduled Scheduled)? special)
    {
        var plainly = Call(call, general); // first: it names what both share
        return special is var (condition, scheduled) ? new Branch(call.Name, condition, [Call(call, scheduled)], [plainly]) : plainly;
    }

    private CallKernel Call(CallKernel call, Scheduled scheduled)
    {
        if (!placed.TryGetValue(scheduled, out var place))
            placed[scheduled] = place = (Place(scheduled.Kernel), [.. scheduled.Once.Select(PlaceOnce)]);
        var kernel = lowered[call.Kernel];
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (buffer, slot) in kernel.Inputs.Concat(kernel.Outputs).Zip(call.Arguments)) arguments.TryAdd(buffer.Name, slot);
        foreach (var (pack, name) in scheduled.Once.Zip(place.Once)) Pack(pack, name, call.Name, arguments);
        return call with { Info = call.Info is { } info ? info with { Template = scheduled.Template } : null, Kernel = place.Kernel, Arguments = [.. scheduled.Kernel.Inputs.Concat(scheduled.Kernel.Outputs).Select(b => arguments[b.Name])] };
    }

    /// <summary>Runs a packing kernel for a call, unless another call had the same weights packed the same way.</summary>
    private void Pack(Kernel pack, string name, string call, Dictionary<string, string> arguments)
    {
        Seq<string> sources = [.. pack.Inputs.Select(b => arguments[b.Name])];
        var key = $"{name}({string.Join(", ", sources)})";
        if (!packed.TryGetValue(key, out var targets))
        {
            var start = slots.GetValueOrDefault(sources.FirstOrDefault() ?? call)?.Name ?? call;
            targets = packed[key] = [.. pack.Outputs.Select(buffer => New(buffer, start))];
            once.Add(new(name, [.. sources, .. targets], call, Scratch(pack)));
        }
        foreach (var (buffer, slot) in pack.Outputs.Zip(targets)) arguments[buffer.Name] = slot;
    }

    /// <summary>Scratch of a step in the compiler starts at 0 of a block of its own.</summary>
    private static Expr? Scratch(Kernel kernel) => ScratchLayout.Of(kernel).Bytes is Number { Integer: 0 } ? null : 0;

    private string New(Buffer buffer, string source)
    {
        var slot = new Slot(Unique($"{source}.packed", slots.ContainsKey), buffer.Scalar, buffer.Size, SlotKind.Weight, 0);
        slots[slot.Name] = slot;
        added.Add(slot);
        return slot.Name;
    }

    /// <summary>Kernels that pack alike are one: what they pack is stored once.</summary>
    private string PlaceOnce(Kernel kernel) => packs.TryGetValue(KernelShape.Of(kernel), out var same) ? same : packs[KernelShape.Of(kernel)] = Place(kernel);

    private string Place(Kernel kernel)
    {
        var name = Unique(kernel.Name, names.Contains);
        names.Add(name);
        kernels.Add(kernel with { Name = name });
        return name;
    }

    private static string Unique(string name, Func<string, bool> taken)
    {
        if (!taken(name)) return name;
        var n = 2;
        while (taken($"{name}.{n}")) n++;
        return $"{name}.{n}";
    }
}
