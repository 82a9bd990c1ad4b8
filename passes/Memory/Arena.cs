using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Places in one stretch of memory. Every place starts at a multiple of <see cref="ScratchLayout.Alignment"/> bytes.</summary>
public static class Arena
{
    private const int Alignment = ScratchLayout.Alignment;

    /// <summary>At least these bytes, and a multiple of the alignment. A symbolic size of many bytes for each element is rounded element by element, which keeps it a plain product.</summary>
    public static Expr Aligned(Expr bytes)
    {
        var linear = Linear.Of(bytes);
        if (!linear.IsConstant && linear.Constant >= 0 && linear.Terms.All(t => t.Value >= 4 * Alignment && Linear.Range(t.Key).Low >= 0))
            return Linear.Simplify(linear.Terms.Aggregate((Expr)Up(linear.Constant), (sum, term) => sum + term.Key * Up(term.Value)));
        return Linear.Simplify((bytes + (Alignment - 1)) / Alignment * Alignment);

        static long Up(long n) => (n + Alignment - 1) / Alignment * Alignment;
    }

    /// <summary>The largest of some sizes; those that another is proved to reach are left out.</summary>
    public static Expr Largest(IEnumerable<Expr> sizes)
    {
        var left = new List<Expr>();
        foreach (var size in sizes.Distinct())
        {
            if (left.Exists(other => Reaches(other, size))) continue;
            left.RemoveAll(other => Reaches(size, other));
            left.Add(size);
        }
        return left.Count == 0 ? 0 : left.Aggregate((a, b) => Expr.Max(a, b));

        static bool Reaches(Expr a, Expr b) => Linear.Range(Linear.Simplify(a - b)).Low >= 0;
    }

    /// <summary>The plan that shares nothing: slots one after another, then room for the scratch of any one step. Weights one after another too.</summary>
    public static Program Apart(Program program)
    {
        Expr arena = 0, weights = 0;
        var slots = program.Slots.Select(slot =>
        {
            if (slot.Kind is SlotKind.Arena) return slot with { Offset = Next(ref arena, slot) };
            return slot.Kind is SlotKind.Weight ? slot with { Offset = Next(ref weights, slot) } : slot with { Offset = 0 };
        }).ToSeq();
        var scratch = new List<Expr>();
        var bounds = Bounds.Of(program);
        var kernels = program.Kernels.ToDictionary(k => k.Name, k => bounds.Most(ScratchLayout.Of(k).Bytes), StringComparer.Ordinal);
        var steps = program.Steps.MapCalls(call =>
        {
            var bytes = kernels[call.Kernel];
            if (bytes is Number { Integer: 0 }) return call with { Scratch = null };
            scratch.Add(Aligned(bytes));
            return call with { Scratch = arena };
        });
        return program with { Slots = slots, Steps = steps, ArenaBytes = Linear.Simplify(arena + Largest(scratch)) };

        static Expr Next(ref Expr end, Slot slot)
        {
            var start = end;
            end = Linear.Simplify(end + Aligned(slot.Bytes));
            return start;
        }
    }
}
