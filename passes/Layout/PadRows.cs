using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// Rows of an intermediate tensor that are a power of two apart, or nearly, fall on the same sets of the first cache: a product that reads some of them
/// side by side would have to copy them first. Such rows get one cache line more than they need, and are read where they lie.
/// </summary>
/// <remarks>Goto and van de Geijn (2008) pack for this reason among others; where the compiler lays out the tensor, nothing need be packed.</remarks>
[Description("puts a line of cache between rows that products read side by side and that would drive each other out of it")]
public sealed record PadRows : ProgramPass
{
    /// <summary>Numbers of f32 in a line.</summary>
    private const int Line = 16;

    public override Stage Stage => Stage.Lower;
    public override Seq<string> After => ["in_place"];

    protected override Program Run(Program program, Compilation compilation)
    {
        if (compilation.Objective == Objective.Size) return program;
        var kernels = program.Kernels.ToDictionary(k => k.Name, StringComparer.Ordinal);
        var slots = program.Slots.ToDictionary(s => s.Name, StringComparer.Ordinal);
        var calls = program.Steps.Calls.Concat(program.Once).ToList();
        var asked = program.Steps.Flat.Select(s => s.Asked).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var groups = new Groups();
        foreach (var call in calls)
            foreach (var (i, argument) in call.Arguments.Index()) groups.Join(argument, Parameter(call.Kernel, i));
        var uses = calls.SelectMany(c => c.Arguments.Index().Select(a => (Slot: slots[a.Item], c.Kernel, a.Index))).Distinct()
            .GroupBy(u => groups.Of(u.Slot.Name), StringComparer.Ordinal).ToList();
        var padded = new Dictionary<string, Dictionary<Buffer, BufferAccess>>(StringComparer.Ordinal);
        foreach (var group in uses)
        {
            var all = group.Select(u => (u.Slot, u.Kernel, Buffer: Buffers(kernels[u.Kernel])[u.Index])).ToList();
            if (!all.TrueForAll(u => kernels[u.Kernel].External is null && u.Slot.Kind == SlotKind.Arena && !asked.Contains(u.Slot.Name) && Row(u.Buffer) > 0 && Row(u.Buffer) == Row(all[0].Buffer) && Linear.ProvesEqual(u.Buffer.Size, u.Slot.Size))) continue;
            if (!all.Exists(u => IsReadSideBySide(kernels[u.Kernel], u.Buffer, compilation.Machine))) continue;
            foreach (var (slot, kernel, buffer) in all)
            {
                if (!padded.TryGetValue(kernel, out var accesses)) padded[kernel] = accesses = [];
                accesses[buffer] = BufferAccess.To(Padded(buffer));
                slots[slot.Name] = slot with { Size = Linear.Simplify(slot.Size / Row(buffer) * (Row(buffer) + Line)) };
            }
            compilation.Notes.Add(Name, all[0].Slot.Name, $"rows of {Row(all[0].Buffer)} are {Row(all[0].Buffer) + Line} apart");
        }
        return padded.Count == 0 ? program : Arena.Apart(program with
        {
            Slots = [.. program.Slots.Select(s => slots[s.Name])],
            Kernels = [.. program.Kernels.Select(k => padded.TryGetValue(k.Name, out var accesses) ? k.Over(k.Name, accesses) : k)],
        });
    }

    private static string Parameter(string kernel, int index) => FormattableString.Invariant($"{kernel}\n{index}");

    private static List<Buffer> Buffers(Kernel kernel) => [.. kernel.Inputs, .. kernel.Outputs];

    /// <summary>The axis whose neighbours lie side by side; -1 where there is none.</summary>
    private static int Innermost(Buffer buffer) => buffer.Shape.Count == 0 ? -1 : buffer.Order is [] ? buffer.Shape.Count - 1 : buffer.Order[^1];

    /// <summary>Numbers of f32 in a row; 0 where they are of another kind, or no row is known.</summary>
    private static long Row(Buffer buffer) => buffer.Scalar == Scalar.F32 && Innermost(buffer) is >= 0 and var axis && buffer.Shape[axis] is Number { Integer: > 0 and var row } ? row : 0;

    private static Buffer Padded(Buffer buffer) => buffer with { Shape = [.. buffer.Shape.Select((extent, axis) => axis == Innermost(buffer) ? Linear.Simplify(extent + Line) : extent)] };

    /// <summary>Whether a product reads rows of a buffer where they lie, in tiles, and they would collide there.</summary>
    private static bool IsReadSideBySide(Kernel kernel, Buffer buffer, Machine machine)
    {
        if (!kernel.Inputs.Contains(buffer) || Contraction.Find(kernel, new HashSet<string>()) is not { A: Load { Outside: null } load } contraction || load.Buffer != buffer) return false;
        if (!contraction.K.Any(axis => load.At[Innermost(buffer)].Mentions(axis))) return false;
        var (rows, columns, depth) = (new Flattened(contraction.M).Static, new Flattened(contraction.N).Static, new Flattened(contraction.K).Static);
        var tile = Tile.For(machine, rows, columns, depth);
        return rows is 0 or > 4 && machine.Collides(tile.Rows, Row(buffer));
    }

    /// <summary>Slots and parameters of kernels that name the same memory somewhere: they are laid out alike.</summary>
    private sealed class Groups
    {
        private readonly Dictionary<string, string> parents = new(StringComparer.Ordinal);

        public string Of(string name)
        {
            while (parents.TryGetValue(name, out var parent) && parent != name) name = parent;
            return name;
        }

        public void Join(string a, string b) => parents[Of(b)] = Of(a);
    }
}
