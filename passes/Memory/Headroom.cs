using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What values leave of an arena of so many bytes for the scratch of each call, at the largest dimensions.</summary>
internal sealed class Headroom
{
    private readonly Dictionary<CallKernel, long> rooms = new(ReferenceEqualityComparer.Instance);
    private readonly Bounds bounds;

    /// <param name="program">Calls in the order they will run in.</param>
    /// <param name="arena">Most bytes; null: as many as are wanted.</param>
    public Headroom(Program program, long? arena)
    {
        bounds = Bounds.Of(program);
        var lives = arena is null ? null : new Lifetimes(program.Steps);
        var alive = new long[(lives?.Count ?? 0) + 1];
        foreach (var slot in program.Slots.Where(s => lives is not null && s.Kind == SlotKind.Arena && lives.Slots.Contains(s.Name)))
            for (var (at, last) = lives![slot.Name]; at <= last; at++) alive[at] = Sum(alive[at], Most(Arena.Aligned(slot.Bytes)));
        foreach (var call in program.Steps.Calls) rooms[call] = arena is { } bytes ? Math.Max(0, bytes - alive[lives!.Places[call]]) : long.MaxValue;
    }

    /// <summary>Bytes that the scratch of a call may take.</summary>
    public long this[CallKernel call] => rooms[call];

    /// <summary>Bytes of scratch that a kernel takes at most.</summary>
    public long Scratch(Kernel kernel) => Most(Arena.Aligned(bounds.Most(ScratchLayout.Of(kernel).Bytes)));

    private static long Most(Expr bytes) => Math.Max(0, Linear.Range(bytes).High);

    private static long Sum(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;
}
